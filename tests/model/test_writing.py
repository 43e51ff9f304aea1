"""What stands beside the encoder in a model directory, and the name of the version."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from data.taxonomy import load_taxonomy, parse_taxonomy
from model.calibration import Adjustment, Calibration
from model.heads import Heads
from model.lexical import LexicalFeatures
from model.typicality import Typicality
from model.writing import write_model
from tests.support.tiny import TAXONOMY


def test_the_version_names_all_weights(tmp_path: Path) -> None:
    """Models that differ in nothing but what words say have different names; the same weights have the same."""
    words = LexicalFeatures.from_dense(
        ["graph", "neuron"], np.ones(2, np.float32), np.eye(2, dtype=np.float32), np.zeros(2, np.float32)
    )
    others = replace(words, offset=np.ones(2, np.float32))
    versions = [_write(tmp_path / str(number), lexical) for number, lexical in enumerate((words, words, others, None))]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def _write(folder: Path, lexical: LexicalFeatures | None) -> str:
    taxonomy = load_taxonomy()
    areas, fields = len(taxonomy.areas), len(taxonomy.fields)
    (folder / "encoder").mkdir(parents=True)
    save_file({"weight": np.zeros(1, np.float32)}, folder / "encoder" / "model.safetensors")
    heads = Heads(*(np.zeros(shape, np.float32) for shape in ((areas, 2), areas, (fields, 2), fields)))
    calibrations = {"areas": Calibration.identity(areas), "fields": Calibration.identity(fields)}
    encoder = {"name": "none", "hidden_size": 2, "max_tokens": 8}
    return write_model(folder, taxonomy, heads, calibrations, {}, {}, encoder, lexical=lexical)


@pytest.mark.parametrize(
    "change",
    [
        {"calibrations": {"areas": Calibration.identity(3, 0.4), "fields": Calibration.identity(2)}},
        {"title_only": {"areas": Adjustment(0.9), "fields": Adjustment()}},
        {"typicality": Typicality(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), 1.0, 1.0, ("en",))},
        {"taxonomy": parse_taxonomy(TAXONOMY.replace("Whales and", "Dolphins and"), "areas.yaml")},
        {"encoder": {"name": "none", "hidden_size": 2, "max_tokens": 9}},
        {"encoder/tokenizer.json": "{}"},
        {"encoder/config.json": "{}"},
        {"encoder/encoder.onnx": "graph"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_version_names_all_that_changes_an_answer(tmp_path: Path, change: dict[str, Any]) -> None:
    """Thresholds, for one; not what was measured, nor the card."""

    def version(number: int, change: dict[str, Any]) -> str:
        folder = tmp_path / str(number)
        (folder / "encoder").mkdir(parents=True)
        for name in [name for name in change if "/" in name]:
            (folder / name).write_text(change[name])
        heads = Heads(*(np.zeros(shape, np.float32) for shape in ((3, 2), 3, (2, 2), 2)))
        written: dict[str, Any] = {
            "taxonomy": parse_taxonomy(TAXONOMY, "areas.yaml"),
            "calibrations": {"areas": Calibration.identity(3), "fields": Calibration.identity(2)},
            "encoder": {"name": "none", "hidden_size": 2, "max_tokens": 8},
            "metrics": {},
        }
        written |= {name: value for name, value in change.items() if "/" not in name}
        return write_model(folder, heads=heads, card={}, **written)

    plain = version(0, {})
    assert plain == version(1, {"metrics": {"micro_f1": 0.9}})
    assert version(2, change) != plain
