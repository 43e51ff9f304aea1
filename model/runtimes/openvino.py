"""The CPU runtime: the model's ONNX graph compiled by OpenVINO, in the numbers that the processor is fastest with."""

import mmap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import properties

from data.errors import AreatagError
from model.runtimes.cancellation import Cancellation
from model.runtimes.openvino_graph import drop_nan_guards, quantize_linear_layers
from model.runtimes.processor import prefers_int8
from model.runtimes.tokenization import IntArray, batches_by_length

BATCH_SIZE = 8
"""Most papers in a forward pass; larger batches were no faster (benchmarks/encoder.py)."""
MOST_PADDING = 0.1
"""Most tokens of a batch that may be padding, as a share: a paper in a pass of its own costs about a tenth more, so
beyond that a longer batch is no gain."""
_GROUP = 128
"""Numbers of an activation that are rounded to 8 bits together, by one scale: as fast as larger groups, and a group as
long as the vector is off by twice as much. It has to divide the width of a layer, else that layer stays in bfloat16."""
_ADDRESS_IN_MEMORY = b"_ORT_MEM_ADDR_"
"""In a place of external data: what is read is not a file, but whatever the process has at that address."""


def start(encoder: Path, threads: int | None, precision: str | None, streams: int) -> "OpenVinoRuntime":
    """Load the encoder onto the CPU, which is always there."""
    return OpenVinoRuntime(encoder, threads, precision, streams)


class OpenVinoRuntime:
    """Encoder on the CPU."""

    device = "cpu"

    def __init__(
        self, encoder: Path, threads: int | None = None, precision: str | None = None, streams: int = 1
    ) -> None:
        """Compile the graph (about half a second).

        Args:
            encoder: directory of the encoder in a model directory.
            threads: CPU threads; None: all cores.
            precision: "f32", "bf16" or "int8" (linear layers in 8 bits, the rest as without it); None: the fastest that
                the processor multiplies natively.
            streams: batches computed side by side, see `model.runtimes.load.load_runtime`.

        Raises:
            AreatagError: the graph cannot be read or compiled.
        """
        core = _core()
        native = "bf16" if "BF16" in core.get_property("CPU", properties.device.capabilities()) else "f32"
        precision = precision or ("int8" if prefers_int8() else native)
        settings: dict[str, object] = {
            # Threads tied to their cores wait for whatever else runs there, a retraining say, while another core idles.
            "ENABLE_CPU_PINNING": False,
            "INFERENCE_PRECISION_HINT": native if precision == "int8" else precision,
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": _GROUP,  # of layers whose weights are int8, and no others
        }
        settings |= {"PERFORMANCE_HINT": "LATENCY"} if streams == 1 else {"NUM_STREAMS": streams}
        if threads is not None:
            settings["INFERENCE_NUM_THREADS"] = threads
        path = encoder / "encoder.onnx"
        _check_tensors_are_in_files(path)
        try:
            graph = core.read_model(path)
            drop_nan_guards(graph)
            if precision == "int8":
                quantize_linear_layers(graph)
            compiled = core.compile_model(graph, "CPU", settings)
        except RuntimeError as error:  # OpenVINO raises nothing finer
            raise AreatagError(f"{path}: OpenVINO cannot compile the encoder ({_first_line(error)})") from error
        self._idle: SimpleQueue[openvino.InferRequest] = SimpleQueue()
        for _ in range(streams):
            self._idle.put(compiled.create_infer_request())
        self._pool = ThreadPoolExecutor(streams, "encoding") if streams > 1 else None
        self._cancellation = Cancellation()
        self._hidden: int = compiled.output(0).get_partial_shape()[-1].get_length()

    def embed(self, token_ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Embeddings float32 [n, hidden], in the order of `token_ids`."""
        embeddings = np.empty((len(token_ids), self._hidden), dtype=np.float32)
        check = self._cancellation.check()

        def infer(batch: tuple[IntArray, IntArray, IntArray]) -> None:
            check()
            positions, ids, mask = batch
            request = self._idle.get()
            try:
                embeddings[positions] = request.infer([ids, mask], share_outputs=True)[0]
            finally:
                self._idle.put(request)

        batches = batches_by_length(token_ids, BATCH_SIZE, MOST_PADDING)
        for _ in map(infer, batches) if self._pool is None else self._pool.map(infer, batches):
            pass
        return embeddings

    def cancel(self) -> None:
        """End what is being embedded now, after the batches that are being computed."""
        self._cancellation.cancel()


def _check_tensors_are_in_files(graph: Path) -> None:
    """Refuse a graph that points into memory: it kills the process. Files outside its folder OpenVINO refuses itself.

    A text in a protobuf message stands there as it is, so it is found without decoding the message.
    """
    try:
        with graph.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            found = content.find(_ADDRESS_IN_MEMORY) >= 0
    except (OSError, ValueError) as error:  # ValueError: it is empty
        raise AreatagError(f"{graph}: the encoder cannot be read ({error}); install the model again") from error
    if found:
        raise AreatagError(f"{graph}: takes tensors from memory instead of its files; do not use the model")


@cache
def _core() -> openvino.Core:
    """The one of this process, which lives as long as that.

    On processors with AVX-512 each gives the thread a stack for signal handlers, and the last one to go puts back that
    of the one before, which is gone already: the next signal, Ctrl-C say, would be a crash.
    """
    return openvino.Core()


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "no reason given")
