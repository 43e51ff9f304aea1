"""Whether and on what a version is calibrated: its card, and its answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.papers import Paper
from model.artefact import Artefact, ModelParts
from model.calibration import Calibration
from model.calibration_note import calibration_of
from model.heads import Heads
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from model.writing import write_model
from tests.support.artefact import write_artefact

WHALES = Paper("w", "Whale song", "The song of a whale in the ocean.")


@pytest.fixture
def model(tmp_path: Path) -> ModelParts:
    """A model that gives every area, and whose card says nothing of a calibration."""
    parts = Artefact.open(write_artefact(tmp_path / "v1", "v1")).parts
    zeros = [np.zeros_like(rows) for rows in (parts.heads.area_weight, parts.heads.field_weight)]
    sure = Heads(zeros[0], np.full(3, 2.0, np.float32), zeros[1], np.full(2, 2.0, np.float32))
    return replace(parts, heads=sure, card={})


def _warnings(model: ModelParts) -> tuple[str, ...]:
    (result,) = Tagger(model, load_runtime(model.encoder_path, "cpu")).tag([WHALES])
    assert len(result.areas) == 3
    return result.warnings


def test_without_labelled_papers_answers_and_card_say_uncalibrated(model: ModelParts) -> None:
    """The probabilities are what the sigmoid gives."""
    note = calibration_of(model)
    assert note.text.startswith("uncalibrated") and note.uncalibrated == model.taxonomy.area_ids
    (warning,) = _warnings(model)
    assert warning.startswith("uncalibrated scores") and all(area in warning for area in model.taxonomy.area_ids)


def test_a_calibrated_version_says_on_what(model: ModelParts) -> None:
    """On labelled papers, on its training papers, or as the version before; its answers need no warning."""
    fitted = replace(model, area_calibration=Calibration(0.8, (0.1, 0.0, 0.0), (0.5,) * 3))
    known = {
        "calibrated on 2 labelled papers": replace(model, card={"calibrated_on": ["sha1:1", "sha1:2"]}),
        "calibrated on its training papers": fitted,
        "calibrated as the version it was retrained from": replace(model, card={"retraining": {}}),
    }
    for text, version in known.items():
        assert calibration_of(version).text.startswith(text) and not calibration_of(version).uncalibrated
        assert _warnings(version) == ()


def test_areas_that_came_without_training_are_uncalibrated(model: ModelParts) -> None:
    """The others stay calibrated."""
    first, *others = model.taxonomy.area_ids
    card = {"calibrated_on": ["sha1:1"], "adapted_without_training": {"from_version": "v0", "new": first}}
    adapted = replace(model, card=card)
    assert calibration_of(adapted).uncalibrated == (first,)
    assert "1 of its 3 areas are uncalibrated" in calibration_of(adapted).text
    assert _warnings(adapted) == (f"uncalibrated scores, fitted to no labelled papers: {first}",)
    card["adapted_without_training"] = {"new": ", ".join([first, *others])}
    assert calibration_of(adapted).text.startswith("uncalibrated: none of its areas was trained")


def test_the_card_says_it_for_people(model: ModelParts) -> None:
    """In the file that comes with the model."""
    write_model(replace(model, version="v2"))
    assert "## Calibration\n\nuncalibrated" in (model.path / "README.md").read_text()
    assert Artefact.open(model.path).card["calibration"].startswith("uncalibrated")
