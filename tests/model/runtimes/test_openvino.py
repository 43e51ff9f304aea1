"""The CPU runtime, on the graph of a tiny model."""

import shutil
import signal
import subprocess
import sys
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from data.errors import AreatagError
from model.runtimes.openvino import OpenVinoRuntime

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def runtime(tiny_model: Path) -> OpenVinoRuntime:
    """In float32, on one thread."""
    return OpenVinoRuntime(tiny_model / "encoder", threads=1, precision="f32")


def test_rows_are_in_the_order_of_the_texts(runtime: OpenVinoRuntime) -> None:
    """Whatever batches their lengths make."""
    generator = np.random.default_rng(1)
    texts = [generator.integers(5, 20, size=length).tolist() for length in (9, 2, 30, 2, 17, 5, 31, 4)]
    together = runtime.embed(texts)
    assert together.dtype == np.float32
    np.testing.assert_allclose(together, np.concatenate([runtime.embed([text]) for text in texts]), atol=1e-5)


def test_an_answer_is_not_overwritten_by_the_next(runtime: OpenVinoRuntime) -> None:
    """The graph's output buffer is used again, the caller's array is its own."""
    first = runtime.embed([[5, 6, 7]])
    kept = first.copy()
    runtime.embed([[8, 9, 10]])
    np.testing.assert_array_equal(first, kept)


def test_a_signal_after_models_came_and_went(tiny_model: Path) -> None:
    """Ctrl-C interrupts a process that has loaded one model after another, and does not crash it."""
    program = """
import os, signal, sys
from pathlib import Path
from model.runtimes.openvino import OpenVinoRuntime

for kept in (1, 2):
    runtimes = [OpenVinoRuntime(Path(sys.argv[1]), threads=1) for _ in range(3)]
    while runtimes:
        runtimes.pop(0)
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        print("interrupted")
"""
    command = [sys.executable, "-c", program, str(tiny_model / "encoder")]
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # which children would ignore where we do
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    finally:
        signal.signal(signal.SIGINT, ours)
    assert (done.returncode, done.stdout) == (0, "interrupted\ninterrupted\n"), done.stderr


def test_batches_side_by_side(tiny_model: Path, runtime: OpenVinoRuntime) -> None:
    """A stream for each batch, asked by several threads, gives the numbers that one stream gives."""
    streams = OpenVinoRuntime(tiny_model / "encoder", threads=3, precision="f32", streams=3)
    generator = np.random.default_rng(2)
    texts = [generator.integers(5, 20, size=generator.integers(1, 32)).tolist() for _ in range(150)]
    expected = runtime.embed(texts)
    with ThreadPoolExecutor(4) as callers:
        for answer in callers.map(streams.embed, [texts] * 8):
            np.testing.assert_allclose(answer, expected, atol=1e-5)


@pytest.mark.parametrize("streams", [1, 2])
def test_what_nobody_waits_for_is_ended(tiny_model: Path, streams: int) -> None:
    """Between two batches; what is asked for later is answered."""
    runtime = OpenVinoRuntime(tiny_model / "encoder", threads=2, precision="f32", streams=streams)

    class Texts(list[list[int]]):
        """Texts that are cancelled while they are put into batches, after the call has begun."""

        def __getitem__(self, place: Any) -> Any:
            runtime.cancel()
            return super().__getitem__(place)

    with pytest.raises(CancelledError):
        runtime.embed(Texts([[5, 6, 7]] * 40))
    assert runtime.embed([[5, 6, 7]]).shape == (1, 16)


def test_no_texts_give_no_rows(runtime: OpenVinoRuntime) -> None:
    """The width is the encoder's all the same."""
    assert runtime.embed([]).shape == (0, 16)


def test_a_damaged_graph_is_named(tiny_model: Path, tmp_path: Path) -> None:
    """In one sentence; OpenVINO's own goes over many lines."""
    encoder = tmp_path / "encoder"
    shutil.copytree(tiny_model / "encoder", encoder)
    (encoder / "encoder.onnx").write_bytes(b"no graph")
    with pytest.raises(AreatagError, match=r"encoder\.onnx: OpenVINO cannot compile the encoder \([^\n]+\)") as caught:
        OpenVinoRuntime(encoder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", ["*/_ORT_MEM_ADDR_/*", "../secret", "/dev/zero", "a/../../secret", ".", ""])
def test_tensors_come_from_files_beside_the_graph_alone(tiny_model: Path, tmp_path: Path, place: str) -> None:
    """A place outside the folder or in the memory of the process is refused; the latter would kill the process."""
    encoder = tmp_path / "encoder"
    shutil.copytree(tiny_model / "encoder", encoder)
    shutil.copyfile(encoder / "model.safetensors", tmp_path / "secret")
    graph = onnx.load(encoder / "encoder.onnx", load_external_data=False)
    places = [entry for tensor in graph.graph.initializer for entry in tensor.external_data if entry.key == "location"]
    assert places
    for entry in places:
        entry.value = place
    onnx.save(graph, encoder / "encoder.onnx")
    with pytest.raises(AreatagError, match=r"encoder\.onnx: "):
        OpenVinoRuntime(encoder)
