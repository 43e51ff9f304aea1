"""What stands beside the encoder in a model directory, and the name of the version."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from model.artefact import Artefact, ModelParts
from model.calibration import Adjustment, Calibration
from model.fingerprints import Fingerprints
from model.heads import Heads
from model.lexical import LexicalFeatures
from model.ood import OodDetector
from model.self_check import try_model
from model.writing import new_version, write_model
from tests.support.artefact import HIDDEN, write_artefact
from tests.support.tiny import TAXONOMY

WEIGHTS = np.random.default_rng(5)
TERMS = LexicalFeatures.from_dense(
    ["graph", "neuron"], np.ones(2, np.float32), np.eye(2, dtype=np.float32), np.zeros(2, np.float32)
)
DETECTOR = OodDetector(np.zeros(HIDDEN, np.float32), np.eye(HIDDEN, dtype=np.float32), 1e6, 1e6, ("en",))


def _heads(features: int) -> Heads:
    return Heads(
        *(WEIGHTS.normal(size=shape).astype(np.float32) for shape in ((3, features), (3,), (2, features), (2,)))
    )


@pytest.fixture
def parts(tmp_path: Path) -> ModelParts:
    """A small model with every part, whose encoder is in a folder that holds nothing else yet."""
    made = write_artefact(tmp_path / "made", "v0")
    folder = tmp_path / "model"
    folder.mkdir()
    (made / "encoder").rename(folder / "encoder")
    return ModelParts(
        encoder_path=folder / "encoder",
        encoder_name="tiny",
        hidden_size=HIDDEN,
        max_tokens=8,
        taxonomy=parse_taxonomy(TAXONOMY, "areas.yaml"),
        heads=_heads(HIDDEN + TERMS.size),
        area_calibration=Calibration(1.2, (0.1, 0.2, 0.3), (0.4, 0.5, 0.6)),
        field_calibration=Calibration(0.8, (0.0, 0.1), (0.3, 0.7)),
        title_areas=Adjustment(0.9, 0.1, -0.2),
        title_fields=Adjustment(1.1),
        ood=DETECTOR,
        lexical=TERMS,
        fingerprints=Fingerprints.of([Paper("1", "On gulls", "They fly.")]),
        learned_labels=frozenset({"content:1", "content:2"}),
        metrics={"micro_f1": 0.5},
        card={"trained_on": {"papers": 10}},
    )


def test_what_is_written_is_what_is_opened(parts: ModelParts) -> None:
    """Every part comes back as it was, and the model answers as it did in memory."""
    parts = replace(parts, version=new_version(parts))
    write_model(parts)
    opened = Artefact.open(parts.path)
    for item in fields(ModelParts):
        if item.name not in {"digest", "card", "ood", "lexical", "fingerprints", "heads"}:
            assert getattr(opened, item.name) == getattr(parts, item.name), item.name
    assert opened.card["trained_on"] == {"papers": 10} and opened.card["version"] == parts.version
    assert opened.fingerprints.values.tolist() == parts.fingerprints.values.tolist() and opened.fingerprints.complete
    assert opened.lexical is not None and opened.lexical.row_of == TERMS.row_of
    assert opened.ood is not None and opened.ood.limit == DETECTOR.limit
    np.testing.assert_array_equal(opened.heads.stacked()[0], parts.heads.stacked()[0])
    try_model(opened)


def test_a_model_apart_from_its_directory_is_written_elsewhere(parts: ModelParts, tmp_path: Path) -> None:
    """The parts of an opened model say nothing of its files, and make the same model again."""
    write_model(replace(parts, version="v1"))
    opened, version = Artefact.open(parts.path), new_version(parts)
    (tmp_path / "copy").mkdir()
    (parts.path / "encoder").rename(tmp_path / "copy" / "encoder")
    write_model(replace(opened.parts, encoder_path=tmp_path / "copy" / "encoder"))
    again = Artefact.open(tmp_path / "copy")
    assert opened.parts.digest == "" and again.files == opened.files and new_version(again) == version


@pytest.mark.parametrize(
    "change",
    [
        {"heads": _heads(HIDDEN + TERMS.size)},
        {"lexical": replace(TERMS, offset=np.ones(2, np.float32))},
        {"lexical": None, "heads": _heads(HIDDEN)},
        {"area_calibration": Calibration.identity(3, 0.4)},
        {"title_areas": Adjustment(0.5)},
        {"ood": None},
        {"taxonomy": parse_taxonomy(TAXONOMY.replace("Whales and", "Dolphins and"), "areas.yaml")},
        {"max_tokens": 9},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_version_names_all_that_changes_an_answer(parts: ModelParts, change: dict[str, Any]) -> None:
    """Thresholds, for one; not what was measured, nor the card."""
    plain = new_version(parts)
    assert plain == new_version(replace(parts, metrics={"micro_f1": 0.9}, card={}, version="v1"))
    assert new_version(replace(parts, **change)) != plain


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json", "encoder.onnx"])
def test_the_version_names_the_encoder(parts: ModelParts, name: str) -> None:
    """Another tokenizer or graph gives other answers."""
    plain = new_version(parts)
    (parts.encoder_path / name).write_bytes(b"{}  ")
    assert new_version(parts) != plain
