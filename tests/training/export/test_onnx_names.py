"""Every value of a graph has a name of its own."""

import onnx
from onnx import TensorProto, helper

from training.export.onnx_names import free_output_name


def _model() -> onnx.ModelProto:
    nodes = [
        helper.make_node("Neg", ["x"], ["embedding"]),
        helper.make_node("Add", ["embedding", "x"], ["sum"]),
        helper.make_node("Mul", ["sum", "x"], ["embedding"]),
    ]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "embedding")]
    return helper.make_model(helper.make_graph(nodes, "g", values[:1], values[1:]))


def test_only_the_last_keeps_the_name_of_the_output() -> None:
    """What reads an inner value reads it still; a second time nothing changes."""
    model = _model()
    for _ in range(2):
        free_output_name(model, "embedding")
        wired = [(list(node.input), list(node.output)) for node in model.graph.node]
        inner = "inner.embedding"
        assert wired == [(["x"], [inner]), ([inner, "x"], ["sum"]), (["sum", "x"], ["embedding"])]
        onnx.checker.check_model(model)
