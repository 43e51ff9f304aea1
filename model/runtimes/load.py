"""What runs the encoder: OpenVINO on the CPU, torch on a GPU; both answer the same question."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data.errors import UsageError

FloatArray = NDArray[np.float32]

DEVICES = ("auto", "cpu", "cuda")


class EncoderRuntime(Protocol):
    """Tokens to pooled embeddings."""

    device: str

    def embed(self, token_ids: Sequence[Sequence[int]]) -> FloatArray:
        """Embeddings float32 [n, hidden], in the order of `token_ids` (n lists of token ids)."""
        ...


def load_runtime(encoder: Path, device: str = "auto", threads: int | None = None) -> EncoderRuntime:
    """Start the runtime for a device.

    Args:
        encoder: directory of the encoder in a model directory (`Artefact.encoder_path`).
        device: "auto" takes a GPU when there is one and torch is installed, else the CPU.
        threads: CPU threads; None: all cores.

    Raises:
        UsageError: "cuda" is asked for and cannot be had, or the device is unknown.
    """
    if device not in DEVICES:
        raise UsageError(f"device {device!r} is not known; use one of {', '.join(DEVICES)}")
    if device == "cuda" or (device == "auto" and _gpu_visible()):
        if importlib.util.find_spec("torch") and importlib.util.find_spec("transformers"):
            from model.runtimes.torch import TorchRuntime, cuda_available  # torch is loaded only for a GPU

            if cuda_available():
                return TorchRuntime(encoder, "cuda")
        if device == "cuda":
            raise UsageError(
                "No GPU can be used: install areatag[train] with a CUDA build of torch, or use --device cpu."
            )
    from model.runtimes.openvino import OpenVinoRuntime  # not needed on a GPU

    return OpenVinoRuntime(encoder, threads)


def _gpu_visible() -> bool:
    """Whether an NVIDIA driver has made a device, asked without importing torch."""
    return Path("/dev/nvidiactl").exists() or Path("/dev/dxg").exists()
