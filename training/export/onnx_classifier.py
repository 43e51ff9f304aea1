"""A model as one ONNX graph, from tokens to calibrated probabilities, with its weights inside.

It is the graph of the CPU runtime, which ends at the embedding, and the heads after it, with their calibration folded
in: as the Tagger answers without lexical features.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from data.errors import UsageError
from model.artefact import ModelParts
from model.embedding_only import embedding_only
from model.exports.export_card import export_card
from model.exports.shared_files import as_json, export_folder, thresholds, write_file
from model.plain_files import ArtefactError
from training.export.onnx_names import free_output_name

FILE_NAME = "model.onnx"
AREAS, FIELDS = "area_probabilities", "field_probabilities"
"""Outputs of the graph, float32 [batch, areas] and [batch, fields]."""
_EMBEDDING = "embedding"
_LARGEST = 2_000_000_000
"""Most bytes of weights that fit into one file of the format."""


def export_onnx(model: ModelParts, target: Path) -> None:
    """Write the directory: `model.onnx`, `tokenizer.json`, `labels.json`, `taxonomy.yaml`, card and checksums.

    Inputs of the graph are `input_ids` and `attention_mask`, int64 [batch, tokens], of any size.

    Args:
        model: a whole model.
        target: a path at which nothing stands, or an empty folder.

    Raises:
        UsageError: the path cannot be written, or the model has no form without its lexical features.
        AreatagError: the disk is full or fails.
    """
    exported = embedding_only(model)
    with export_folder(model, target) as folder:
        write_file(folder / FILE_NAME, _graph(exported).SerializeToString())
        write_file(folder / "labels.json", as_json(_labels(exported)))
        write_file(folder / "README.md", export_card(model, exported, _USE, "onnx").encode())


def _graph(exported: ModelParts) -> Any:
    encoder = exported.encoder_path / "encoder.onnx"
    if (exported.encoder_path / "model.safetensors").stat().st_size > _LARGEST:
        raise UsageError("The encoder is too large for one ONNX file; use --format huggingface.")
    try:
        graph = onnx.load_model(str(encoder))  # with its weights
        free_output_name(graph, _EMBEDDING)  # models of before may need it
        _add_heads(graph, exported)
        onnx.checker.check_model(graph)
    except Exception as error:  # the library raises many kinds
        raise ArtefactError(f"{encoder}: no graph that can be exported ({error}); install the model again") from error
    return graph


def _add_heads(graph: Any, exported: ModelParts) -> None:
    constants, nodes = _heads(exported)
    graph.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    graph.graph.node.extend(nodes)
    del graph.graph.output[:]
    counts = {AREAS: len(exported.taxonomy.areas), FIELDS: len(exported.taxonomy.fields)}
    graph.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", count]) for name, count in counts.items()
    )


def _heads(exported: ModelParts) -> tuple[dict[str, NDArray[Any]], list[NodeProto]]:
    """What comes after the embedding; a field is never less probable than one of its areas, as in `Tagger.predict`."""
    heads = exported.folded_heads
    constants: dict[str, NDArray[Any]] = {
        "areatag.area_weight": np.ascontiguousarray(heads.area_weight.T),
        "areatag.area_bias": heads.area_bias,
        "areatag.field_weight": np.ascontiguousarray(heads.field_weight.T),
        "areatag.field_bias": heads.field_bias,
        "areatag.members": _members(exported),
        "areatag.last_axis": np.array([2], np.int64),
    }
    node = helper.make_node
    nodes = [
        *_probabilities("area", AREAS),
        *_probabilities("field", "areatag.own_fields"),
        node("Gather", [AREAS, "areatag.members"], ["areatag.by_field"], axis=1),  # (batch, fields, members)
        node("ReduceMax", ["areatag.by_field", "areatag.last_axis"], ["areatag.best"], keepdims=0),
        node("Max", ["areatag.own_fields", "areatag.best"], [FIELDS]),
    ]
    return constants, nodes


def _probabilities(kind: str, output: str) -> Iterator[NodeProto]:
    yield helper.make_node("MatMul", [_EMBEDDING, f"areatag.{kind}_weight"], [f"areatag.{kind}_scores"])
    yield helper.make_node("Add", [f"areatag.{kind}_scores", f"areatag.{kind}_bias"], [f"areatag.{kind}_logits"])
    yield helper.make_node("Sigmoid", [f"areatag.{kind}_logits"], [output])


def _members(exported: ModelParts) -> NDArray[np.int64]:
    """The columns of each field's areas, int64 [fields, most areas of a field], filled up with the first of them."""
    index = np.array(exported.taxonomy.field_index)
    columns = [np.flatnonzero(index == field) for field in range(len(exported.taxonomy.fields))]
    members = np.empty((len(columns), max(map(len, columns))), dtype=np.int64)
    for row, areas in enumerate(columns):
        members[row] = areas[0]
        members[row, : len(areas)] = areas
    return members


def _labels(exported: ModelParts) -> dict[str, Any]:
    """What the columns of the outputs stand for, in their order."""
    taxonomy = exported.taxonomy
    areas = thresholds(taxonomy.area_ids, exported.area_calibration)
    fields = thresholds(taxonomy.field_ids, exported.field_calibration)
    return {
        "version": exported.version,
        "max_tokens": exported.max_tokens,
        AREAS: [{"id": a.id, "name": a.name, "field": a.field_id, "threshold": areas[a.id]} for a in taxonomy.areas],
        FIELDS: [{"id": f.id, "name": f.name, "threshold": fields[f.id]} for f in taxonomy.fields],
    }


_USE = f"""    import json
    from pathlib import Path

    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    session = onnxruntime.InferenceSession("DIR/{FILE_NAME}")
    labels = json.loads(Path("DIR/labels.json").read_text(encoding="utf-8"))
    batch = Tokenizer.from_file("DIR/tokenizer.json").encode_batch(["We tell whales apart. Songs differ."])
    tokens = {{
        "input_ids": np.array([text.ids for text in batch], np.int64),
        "attention_mask": np.array([text.attention_mask for text in batch], np.int64),
    }}
    areas, fields = session.run(["{AREAS}", "{FIELDS}"], tokens)
    found = [[a["id"] for a, p in zip(labels["{AREAS}"], row) if p >= a["threshold"]] for row in areas]

Inputs are int64 [batch, tokens] of any size; `tokenizer.json` cuts and pads. Columns are in the order of `labels.json`,
which has a threshold for each."""
