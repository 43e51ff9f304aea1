"""What runs the encoder: OpenVINO on the CPU, torch on a GPU; both answer the same question."""

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from data.errors import UsageError
from model.runtimes.registry import Device, Runtime

FloatArray = NDArray[np.float32]


class EncoderRuntime(Protocol):
    """Tokens to pooled embeddings, for several threads at a time."""

    device: str

    def embed(self, token_ids: Sequence[Sequence[int]]) -> FloatArray:
        """Embeddings float32 [n, hidden], in the order of `token_ids` (n lists of token ids).

        Raises:
            concurrent.futures.CancelledError: another thread called `cancel` meanwhile.
        """
        ...

    def cancel(self) -> None:
        """End what is being embedded now, after the batches that are being computed."""


class RuntimeModule(Protocol):
    """What the module of every runtime has."""

    def start(self, encoder: Path, threads: int | None, precision: str | None, streams: int) -> EncoderRuntime | None:
        """Load the encoder of a model directory; None where there is no such device after all."""


def load_runtime(
    encoder: Path, device: str = "auto", threads: int | None = None, precision: str | None = None, streams: int = 1
) -> EncoderRuntime:
    """Start the runtime for a device.

    Args:
        encoder: directory of the encoder in a model directory (`Artefact.encoder_path`).
        device: one of `Device`; "auto" takes a GPU when there is one and torch is installed, else the CPU.
        threads: CPU threads; None: all cores.
        precision: "f32", "bf16" or, on a CPU, "int8"; None: what the device computes fastest.
        streams: batches that a CPU computes side by side, each with its share of the threads: many papers are done
            soonest with a thread for each batch, one paper with all threads for one.

    Raises:
        UsageError: a device is asked for and cannot be had, or is unknown.
    """
    try:
        asked_for = Device(device).runtime
    except ValueError as error:
        raise UsageError(f"device {device!r} is not known; use one of {', '.join(Device)}") from error
    runtimes = [known.runtime for known in Device if known.runtime and known.runtime.visible()]
    for runtime in runtimes if asked_for is None else [asked_for]:
        started = _start(runtime, encoder, threads, precision, streams)
        if started is not None:
            return started
    advice = asked_for.advice if asked_for else ""
    raise UsageError(advice or f"The device {device!r} cannot be used here; use --device cpu.")


def _start(
    runtime: Runtime, encoder: Path, threads: int | None, precision: str | None, streams: int
) -> EncoderRuntime | None:
    if not all(importlib.util.find_spec(package) for package in runtime.packages):
        return None
    module = importlib.import_module(f"model.runtimes.{runtime.module}")
    return cast(RuntimeModule, module).start(encoder, threads, precision, streams)
