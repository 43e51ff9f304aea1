"""What runs the encoder: OpenVINO on the CPU, torch on a GPU; both answer the same question."""

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data.errors import UsageError
from model.artefact import Artefact

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

DEVICES = ("auto", "cpu", "cuda")
LENGTH_STEP = 8
"""Tokens by which batches grow: the CPU runtime keeps memory for every shape that it has met."""


class EncoderRuntime(Protocol):
    """Tokens to pooled embeddings."""

    device: str

    def embed(self, token_ids: Sequence[Sequence[int]]) -> FloatArray:
        """Embeddings float32 [n, hidden], in the order of `token_ids` (n lists of token ids)."""
        ...


def load_runtime(artefact: Artefact, device: str = "auto", threads: int | None = None) -> EncoderRuntime:
    """Start the runtime for a device.

    Args:
        device: "auto" takes a GPU when there is one and torch is installed, else the CPU.
        threads: CPU threads; None: all cores.

    Raises:
        UsageError: "cuda" is asked for and cannot be had, or the device is unknown.
    """
    if device not in DEVICES:
        raise UsageError(f"device {device!r} is not known; use one of {', '.join(DEVICES)}")
    if device == "cuda" or (device == "auto" and _gpu_visible()):
        if importlib.util.find_spec("torch") and importlib.util.find_spec("transformers"):
            from model.torch_runtime import TorchRuntime, cuda_available  # torch is loaded only for a GPU

            if cuda_available():
                return TorchRuntime(artefact, "cuda")
        if device == "cuda":
            raise UsageError(
                "No GPU can be used: install areatag[train] with a CUDA build of torch, or use --device cpu."
            )
    from model.openvino_runtime import OpenVinoRuntime  # not needed on a GPU

    return OpenVinoRuntime(artefact, threads)


def batches_by_length(
    token_ids: Sequence[Sequence[int]], size: int, most_padding: float = 1.0
) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
    """Group texts of similar length, so that little is padded; longest first, so that memory is asked for once.

    Args:
        size: most texts of a batch.
        most_padding: share in [0, 1] of the longest text of a batch up to which a shorter one is padded; a text that
            is shorter still begins a batch of its own.

    Yields:
        positions int64 [batch], input_ids and attention_mask int64 [batch, tokens], in steps of 8 tokens; padding is
        id 0, whatever the tokenizer's own: the mask hides it.
    """
    lengths = np.array([len(ids) for ids in token_ids], dtype=np.int64)
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = int(lengths[order[start]])
        width = -(-longest // LENGTH_STEP) * LENGTH_STEP
        positions = order[start : start + size]
        positions = positions[lengths[positions] >= (1 - most_padding) * longest]
        start += len(positions)
        ids = np.zeros((len(positions), width), dtype=np.int64)
        mask = np.zeros((len(positions), width), dtype=np.int64)
        for row, position in enumerate(positions):
            ids[row, : lengths[position]] = token_ids[position]
            mask[row, : lengths[position]] = 1
        yield positions, ids, mask


def _gpu_visible() -> bool:
    """Whether an NVIDIA driver has made a device, asked without importing torch."""
    return Path("/dev/nvidiactl").exists() or Path("/dev/dxg").exists()
