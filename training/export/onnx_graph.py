"""The encoder as an ONNX graph that holds no weights of its own.

The graph's tensors are external data (ONNX specification, "External Data") at their offsets inside the half-precision
safetensors file beside it, each widened to float32 by a Cast. One copy of the weights serves the CPU runtime, the GPU
runtime and further fine-tuning.
"""

import json
import logging
import struct
import warnings
from pathlib import Path

import onnx
import torch
from onnx import TensorProto, helper

from data.errors import AreatagError
from model.runtimes.torch_encoder import PooledEncoder
from training.export.onnx_names import free_output_name

_OUTPUT = "embedding"
_PREFIX = "transformer."  # where PooledEncoder keeps the Hugging Face model, whose names the safetensors file has


def write_onnx_graph(encoder: PooledEncoder, weights: Path, target: Path) -> None:
    """Write the graph of `encoder` to `target`, referring to the tensors of `weights` in the same folder.

    Inputs are `input_ids` and `attention_mask`, int64 [batch, tokens]; the output is `embedding`, float32
    [batch, hidden].

    Raises:
        AreatagError: a parameter of the encoder is missing from the weights file.
    """
    graph = _trace(encoder)
    free_output_name(graph, _OUTPUT)
    _refer_to_safetensors(graph, weights)
    onnx.save_model(graph, str(target))


def _trace(encoder: PooledEncoder) -> onnx.ModelProto:
    encoder.eval()
    ids = torch.ones((2, 8), dtype=torch.int64)
    batch, tokens = torch.export.Dim("batch"), torch.export.Dim("tokens")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it reports operators of packages that are not installed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecations
        program = torch.onnx.export(
            encoder,
            (ids, torch.ones_like(ids)),
            dynamo=True,
            input_names=["input_ids", "attention_mask"],
            output_names=[_OUTPUT],
            dynamic_shapes={name: {0: batch, 1: tokens} for name in ("input_ids", "attention_mask")},
            optimize=False,  # folding would copy transposed weights into the graph
            verbose=False,
        )
    if program is None:  # only when a file name is given
        raise AreatagError("the encoder could not be exported to ONNX")
    return program.model_proto


def _refer_to_safetensors(model: onnx.ModelProto, weights: Path) -> None:
    offsets = _tensor_offsets(weights)
    kept, casts = [], []
    for initializer in model.graph.initializer:
        if not initializer.name.startswith(_PREFIX) or initializer.data_type != TensorProto.FLOAT:
            kept.append(initializer)  # small constants: positions, masks, scales
            continue
        name = initializer.name.removeprefix(_PREFIX)
        if name not in offsets:
            raise AreatagError(f"{weights}: no tensor {name!r}, which the encoder's graph needs")
        offset, length = offsets[name]
        external = TensorProto(
            name=f"{initializer.name}.fp16",
            data_type=TensorProto.FLOAT16,
            dims=initializer.dims,
            data_location=TensorProto.EXTERNAL,
        )
        for key, value in (("location", weights.name), ("offset", offset), ("length", length)):
            external.external_data.add(key=key, value=str(value))
        kept.append(external)
        casts.append(helper.make_node("Cast", [external.name], [initializer.name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    for node in nodes:  # the exporter notes Python stack traces there: most of the file
        del node.metadata_props[:]
        node.doc_string = ""
    del model.graph.initializer[:], model.graph.node[:], model.graph.value_info[:], model.functions[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)


def _tensor_offsets(weights: Path) -> dict[str, tuple[int, int]]:
    """Byte offset in the file and length of every tensor (safetensors: 8-byte header length, JSON header, data)."""
    with weights.open("rb") as stream:
        (header_length,) = struct.unpack("<Q", stream.read(8))
        header = json.loads(stream.read(header_length))
    start = 8 + header_length
    return {
        name: (start + entry["data_offsets"][0], entry["data_offsets"][1] - entry["data_offsets"][0])
        for name, entry in header.items()
        if name != "__metadata__"
    }
