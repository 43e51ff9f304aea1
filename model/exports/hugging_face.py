"""A model as a Hugging Face directory: a text classifier for transformers, an encoder for sentence-transformers.

The encoder's tensors have the names that its own architecture gives them in a classifier, so that AutoModel and
sentence-transformers load it as it is; `modeling_areatag.py`, by `auto_map`, adds mean pooling and the heads, with the
calibration folded into them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from data.errors import UsageError
from model.artefact import ModelParts
from model.embedding_only import embedding_only
from model.exports.export_card import export_card
from model.exports.shared_files import as_json, export_folder, thresholds, write_file
from model.manifest import read_record
from model.plain_files import ENCODER, ArtefactError

_MODELING = "modeling_areatag"
_CLASS = "AreatagForSequenceClassification"
PREFIXES = {
    "bert": "bert",
    "distilbert": "distilbert",
    "electra": "electra",
    "modernbert": "model",
    "mpnet": "mpnet",
    "roberta": "roberta",
    "xlm-roberta": "roberta",
}
"""Where transformers keeps the encoder inside a classifier, by the type of the encoder."""
HEADS = {kind: "classifier" for kind in ("bert", "distilbert", "modernbert")} | {
    kind: "classifier.out_proj" for kind in ("electra", "mpnet", "roberta", "xlm-roberta")
}
"""Where transformers' own classifier keeps its last layer."""
_WITHOUT_POOLER = {"bert", "roberta", "xlm-roberta", "mpnet"}
"""Types whose unused pooling layer areatag does not keep, as `model.runtimes.torch_encoder` says."""


class _EncoderConfig(BaseModel):
    model_config = ConfigDict(strict=True)
    model_type: str


class _TokenizerConfig(BaseModel):
    """Anything that transformers may write."""


def export_hugging_face(model: ModelParts, target: Path) -> None:
    """Write the directory.

    Args:
        model: a whole model.
        target: a path at which nothing stands, or an empty folder.

    Raises:
        UsageError: the path cannot be written, or the model has no form without its lexical features, or its encoder
            is of a type that is not known here.
        AreatagError: the disk is full or fails.
    """
    exported = embedding_only(model)
    config = read_record(model.path, f"{ENCODER}/config.json", _EncoderConfig)
    kind = config["model_type"]
    if kind not in PREFIXES:
        raise UsageError(
            f"The encoder is of the type {kind[:50]!r}, which cannot be exported to Hugging Face's format "
            f"(only {', '.join(PREFIXES)}); use --format onnx."
        )
    with export_folder(model, target) as folder:
        write_file(folder / "config.json", as_json(_config(config, exported)))
        write_file(folder / "model.safetensors", _weights(exported, kind))
        write_file(folder / "tokenizer_config.json", as_json(_tokenizer_config(model)))
        write_file(folder / f"{_MODELING}.py", _modeling_code(kind))
        for name, record in _sentence_transformers(exported, kind).items():
            write_file(folder / name, as_json(record))
        write_file(folder / "README.md", export_card(model, exported, _USE).encode())


def _config(encoder: dict[str, Any], exported: ModelParts) -> dict[str, Any]:
    taxonomy = exported.taxonomy
    return {
        **encoder,
        "architectures": [_CLASS],
        "auto_map": {"AutoModelForSequenceClassification": f"{_MODELING}.{_CLASS}"},
        "dtype": "float32",
        "problem_type": "multi_label_classification",
        "id2label": {str(row): area for row, area in enumerate(taxonomy.area_ids)},
        "label2id": {area: row for row, area in enumerate(taxonomy.area_ids)},
        "areatag": {
            "version": exported.version,
            "max_tokens": exported.max_tokens,
            "thresholds": thresholds(taxonomy.area_ids, exported.area_calibration),
            "names": {area.id: area.name for area in taxonomy.areas},
            "fields": {area.id: area.field_id for area in taxonomy.areas},
        },
    }


def _weights(exported: ModelParts, kind: str) -> bytes:
    """The encoder's tensors as they are stored (float16), and float32 heads that give calibrated log-odds.

    The heads are [areas, width + 1], with the bias as the last column: `modeling_areatag.py` says why.
    """
    path = exported.encoder_path / "model.safetensors"
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ArtefactError(f"{path}: cannot be read ({error}); install the model again") from error
    heads = exported.folded_heads
    return save(
        {
            **{f"{PREFIXES[kind]}.{name}": tensor for name, tensor in tensors.items()},
            f"{HEADS[kind]}.weight": np.column_stack([heads.area_weight, heads.area_bias]),
        },
        metadata={"format": "pt"},
    )


def _tokenizer_config(model: ModelParts) -> dict[str, Any]:
    name = f"{ENCODER}/tokenizer_config.json"
    stored = read_record(model.path, name, _TokenizerConfig) if (model.path / name).is_file() else {}
    return {**stored, "model_max_length": model.max_tokens}


def _modeling_code(kind: str) -> bytes:
    """`modeling_areatag.py` for a type of encoder; it has no import of ours."""
    code = Path(__file__).with_name(f"{_MODELING}.py").read_text(encoding="utf-8")
    for name, written, value in (("MODEL_TYPE", "bert", kind), ("HEAD", "classifier", HEADS[kind])):
        code = code.replace(f'{name} = "{written}"', f'{name} = "{value}"', 1)
    return code.encode()


def _sentence_transformers(exported: ModelParts, kind: str) -> dict[str, Any]:
    """The encoder as sentence-transformers loads it: mean of the tokens, scaled to length 1."""
    steps = ("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{name}"}
        for number, (name, path) in enumerate(steps)
    ]
    pooler = {"model_args": {"add_pooling_layer": False}} if kind in _WITHOUT_POOLER else {}
    pooling = {
        "word_embedding_dimension": exported.hidden_size,
        "pooling_mode_cls_token": False,
        "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False,
    }
    return {
        "modules.json": modules,
        "sentence_bert_config.json": {"max_seq_length": exported.max_tokens, "do_lower_case": False, **pooler},
        "1_Pooling/config.json": pooling,
        "2_Normalize/config.json": {},
    }


_USE = """    from transformers import pipeline

    tagger = pipeline(
        "text-classification", model="DIR", trust_remote_code=True, function_to_apply="sigmoid", top_k=None
    )
    thresholds = tagger.model.config.areatag["thresholds"]
    (scores,) = tagger(["We tell whales apart. Songs differ between islands."])
    areas = [score for score in scores if score["score"] >= thresholds[score["label"]]]

`trust_remote_code=True` runs `modeling_areatag.py` of this directory: transformers' own classifiers read the first
token, and this model the mean of all. Without it they refuse the weights ("size mismatch"). Fields have no labels
here: a field is at least as probable as its most probable area (`config.areatag["fields"]` names the field of each).
That the model "is not supported" by the pipeline is a message about every model with code of its own, and can be
ignored. The encoder alone:

    from sentence_transformers import SentenceTransformer

    embeddings = SentenceTransformer("DIR").encode(["We tell whales apart. Songs differ between islands."])"""
