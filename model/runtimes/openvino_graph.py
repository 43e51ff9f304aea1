"""Changes of the encoder's graph between reading and compiling it; the files of the model stay as they are.

The graph widens every weight from half precision and transposes it (`training.export.onnx_graph`), which hides it from
whatever looks for constants. Here the weights of the linear layers become 8-bit integers with one scale an output, a
pattern that OpenVINO multiplies as it is; it rounds the other factor to 8 bits itself, in groups
(`DYNAMIC_QUANTIZATION_GROUP_SIZE`), so nothing is calibrated.
"""

from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import opset13

_LARGEST = 127


def quantize_linear_layers(graph: openvino.Model) -> int:
    """Store the weights of linear layers as int8, and return how many layers there are."""
    found = [(node, weight) for node in graph.get_ops() if (weight := _linear_weight(node)) is not None]
    for node, weight in found:
        integers, scales = quantized(weight)
        wide = opset13.multiply(opset13.convert(opset13.constant(integers), "f32"), opset13.constant(scales))
        product = opset13.matmul(node.input_value(0), wide, False, True)
        node.output(0).replace(product.output(0))
    graph.validate_nodes_and_infer_types()
    return len(found)


def quantized(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Integers [outputs, inputs] and scales float32 [outputs, 1] of a weight; their product is off by half a scale."""
    largest = np.abs(weight).max(axis=1, keepdims=True, initial=0.0)
    # Below the smallest normal number a scale would have too few digits; weights that small become 0.
    smallest = np.finfo(np.float32).tiny
    scales = np.maximum(largest / _LARGEST, smallest).astype(np.float32)
    return np.clip(np.rint(weight / scales), -_LARGEST, _LARGEST).astype(np.int8), scales


def drop_nan_guards(graph: openvino.Model) -> int:
    """Take attention as it is, and return how many guards are gone.

    The exporter of torch puts 0 for attention that is no number, that is where every token of a text is masked. No text
    is without a token here, and each guard costs two passes over [heads, tokens, tokens].
    """
    guards = [node for node in graph.get_ops() if _guards_against_nan(node)]
    for node in guards:
        for reader in list(node.output(0).get_target_inputs()):
            reader.replace_source_output(node.input_value(2))
    graph.validate_nodes_and_infer_types()
    return len(guards)


def _linear_weight(node: Any) -> NDArray[np.float32] | None:
    """The weight float32 [outputs, inputs] of a linear layer; None of any other node."""
    if node.get_type_name() != "MatMul" or any(node.get_attributes().values()):
        return None
    transposed = node.input_value(1).get_node()
    if transposed.get_type_name() != "Transpose":
        return None
    source = transposed.input_value(0).get_node()
    if source.get_type_name() == "Convert":
        source = source.input_value(0).get_node()
    order = transposed.input_value(1).get_node()
    if {source.get_type_name(), order.get_type_name()} != {"Constant"} or order.get_data().tolist() != [1, 0]:
        return None
    return np.asarray(source.get_data(), dtype=np.float32)


def _guards_against_nan(node: Any) -> bool:
    """Whether a node is Select(IsNaN(x), something, x)."""
    if node.get_type_name() != "Select":
        return False
    asked = node.input_value(0).get_node()
    return bool(asked.get_type_name() == "IsNaN" and asked.input_value(0) == node.input_value(2))
