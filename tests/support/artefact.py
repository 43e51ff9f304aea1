"""Model directories that verify and run, made in milliseconds: the encoder is a table of word vectors."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace

from model.calibration import Calibration
from model.heads import Heads
from model.manifest import write_manifest
from tests.support.tiny import FILLER, TAXONOMY, WORDS

HIDDEN = 4
_VOCABULARY = ["[PAD]", "[UNK]", *FILLER, *(word for words in WORDS.values() for word in words)]


def write_artefact(folder: Path, version: str, *, micro_f1: float = 0.5) -> Path:
    """Write a model of the tiny taxonomy, hidden size 4, and return its folder."""
    (folder / "encoder").mkdir(parents=True)
    (folder / "taxonomy.yaml").write_text(TAXONOMY)
    weights = np.random.default_rng(3)
    shapes = ((3, HIDDEN), (3,), (2, HIDDEN), (2,))
    (folder / "heads.safetensors").write_bytes(
        Heads(*(weights.normal(size=shape).astype(np.float32) for shape in shapes)).to_bytes()
    )
    calibration = {"areas": Calibration.identity(3).to_json(), "fields": Calibration.identity(2).to_json()}
    card: dict[str, object] = {"version": version, "created": "2026-01-01T00:00:00Z", "trained_on": {"papers": 10}}
    card["calibrated_on"] = ["sha1:0000000000000000"]  # else every answer says that it is uncalibrated
    records = {"calibration": calibration, "metrics": {"micro_f1": micro_f1}, "card": card, "encoder/config": {}}
    for name, record in records.items():
        (folder / f"{name}.json").write_text(json.dumps(record))
    save_file({"weight": np.zeros(1, np.float16)}, folder / "encoder" / "model.safetensors")
    (folder / "encoder" / "encoder.onnx").write_bytes(_graph())
    (folder / "encoder" / "tokenizer.json").write_text(_tokenizer())
    close(folder, version)
    return folder


def close(folder: Path, version: str) -> None:
    """Write the manifest of a model of `write_artefact`, whose files were changed."""
    write_manifest(folder, version, {"name": "tiny", "hidden_size": HIDDEN, "max_tokens": 8})


def damage(folder: Path) -> None:
    """Alter one byte of a model."""
    heads = folder / "heads.safetensors"
    heads.write_bytes(heads.read_bytes()[:-1] + b"!")


@cache
def _tokenizer() -> str:
    tokenizer = Tokenizer(WordLevel({word: row for row, word in enumerate(_VOCABULARY)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    return str(tokenizer.to_str())


@cache
def _graph() -> bytes:
    """The mean of the vectors of a text's words."""
    vectors = np.random.default_rng(4).normal(size=(len(_VOCABULARY), HIDDEN)).astype(np.float32)
    constants = {"table": vectors, "tokens": np.array([1]), "last": np.array([2])}
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Cast", ["attention_mask"], ["flags"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["flags", "last"], ["mask"]),
        helper.make_node("Mul", ["words", "mask"], ["masked"]),
        helper.make_node("ReduceSum", ["masked", "tokens"], ["sum"], keepdims=0),
        helper.make_node("ReduceSum", ["mask", "tokens"], ["count"], keepdims=0),
        helper.make_node("Div", ["sum", "count"], ["embedding"]),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])
    tensors = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "encoder", inputs, [output], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
