"""The graph as it is compiled: 8-bit weights, and attention without a guard against what cannot be."""

from collections import Counter
from pathlib import Path

import numpy as np
import openvino
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from model.runtimes.openvino import OpenVinoRuntime
from model.runtimes.openvino_graph import drop_nan_guards, quantize_linear_layers, quantized
from model.versions import resolve_model

LAYERS = 2
LINEAR_IN_A_LAYER = 6
"""Query, key, value, output, and two of the feed-forward network."""


def read(model: Path) -> openvino.Model:
    """The graph of a model, not compiled."""
    return openvino.Core().read_model(model / "encoder" / "encoder.onnx")


def types(graph: openvino.Model) -> Counter[str]:
    """How many nodes of each type it has."""
    return Counter(node.get_type_name() for node in graph.get_ops())


def test_every_linear_layer_gets_8_bit_weights(tiny_model: Path) -> None:
    """And no other product: those of attention have no weights. A second time there is nothing left to do."""
    graph = read(tiny_model)
    products = types(graph)["MatMul"]
    assert quantize_linear_layers(graph) == LAYERS * LINEAR_IN_A_LAYER
    integers = [node for node in graph.get_ops() if str(node.get_output_element_type(0)) == "<Type: 'int8_t'>"]
    assert len(integers) == LAYERS * LINEAR_IN_A_LAYER and types(graph)["MatMul"] == products
    assert quantize_linear_layers(graph) == 0


def test_attention_is_unguarded(tiny_model: Path) -> None:
    """One guard a layer goes, and nothing else."""
    graph = read(tiny_model)
    before = types(graph)
    assert drop_nan_guards(graph) == LAYERS and drop_nan_guards(graph) == 0
    gone = before - types(graph)
    assert gone["IsNaN"] == gone["Select"] == LAYERS and not types(graph)["IsNaN"]
    assert before["MatMul"] == types(graph)["MatMul"]


WEIGHTS = arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 7)), elements=st.floats(-4, 4, width=32))


@given(weight=WEIGHTS)
@example(weight=np.array([[3.269e-42]], np.float32))
@example(weight=np.array([[0, 0], [1e-45, 4]], np.float32))
def test_a_weight_is_off_by_half_a_scale(weight: NDArray[np.float32]) -> None:
    """Also where all weights of an output are 0 or too small to be normal numbers; the largest of each is met."""
    integers, scales = quantized(weight)
    assert integers.dtype == np.int8 and scales.shape == (len(weight), 1) and (scales > 0).all()
    assert (np.abs(integers * scales - weight) <= 0.5001 * scales).all()


@pytest.mark.parametrize("bundled", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_8_bits_answer_as_float32_does(tiny_model: Path, bundled: bool) -> None:
    """Nearly the same embeddings, of short and long texts in one batch."""
    encoder = (resolve_model("bundled") if bundled else tiny_model) / "encoder"
    generator = np.random.default_rng(1)
    texts = [generator.integers(5, 20, size=length).tolist() for length in (9, 2, 30, 17, 31)]
    exact, rounded = (OpenVinoRuntime(encoder, threads=1, precision=name).embed(texts) for name in ("f32", "int8"))
    cosine = (exact * rounded).sum(axis=1) / np.linalg.norm(exact, axis=1) / np.linalg.norm(rounded, axis=1)
    assert cosine.min() > 0.99 and not np.array_equal(exact, rounded)
