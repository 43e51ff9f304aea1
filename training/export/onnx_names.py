"""Names of values in an ONNX graph: each of one node (static single assignment), as the format and its checker ask."""

import onnx


def free_output_name(model: onnx.ModelProto, name: str) -> None:
    """Give inner values another name than the output of the graph, which only its last node with that name keeps.

    torch's exporter renames the output, also to a name that a value inside has already; OpenVINO takes such a graph,
    other runtimes refuse it.

    Args:
        model: changed in place; its nodes are in the order of computing.
        name: of the output.
    """
    *inner, _ = [number for number, node in enumerate(model.graph.node) if name in node.output]
    if not inner:
        return
    for number, node in enumerate(model.graph.node):
        _rename(node.input, name)
        if number in inner:
            _rename(node.output, name)


def _rename(names: list[str], name: str) -> None:
    for place, found in enumerate(names):
        if found == name:
            names[place] = f"inner.{name}"
