"""Graphs of encoders, traced once: tracing takes most of a training of the tiny encoder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from model.runtimes.torch_encoder import PooledEncoder


@contextmanager
def traced_once() -> Iterator[None]:
    """While it lasts, trainings in this process write the graph of an earlier one where it must be the same.

    That is so for a configuration and a layout of the weights file: a graph holds no weights of its own, which
    `tests/training/export/test_onnx_graph.py` checks.
    """
    from training.export.onnx_graph import write_onnx_graph  # only tests that train pay for it

    graphs: dict[tuple[str, bytes], bytes] = {}

    def write_again(encoder: PooledEncoder, weights: Path, target: Path) -> None:
        form = (encoder.transformer.config.to_json_string(), _layout(weights))
        if form not in graphs:
            write_onnx_graph(encoder, weights, target)
            graphs[form] = target.read_bytes()
        target.write_bytes(graphs[form])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.export.encoder.write_onnx_graph", write_again)
        yield


def _layout(weights: Path) -> bytes:
    """The header of a safetensors file: names, shapes and places of its tensors."""
    with weights.open("rb") as stream:
        return stream.read(int.from_bytes(stream.read(8), "little"))
