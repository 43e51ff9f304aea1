"""Calibrations without lexical features."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import UsageError
from data.labels import LabelledPaper
from data.readers.labels import read_labels
from model.artefact import ModelParts
from model.embedding_only import METRICS, embedding_only
from tests.support.exports import with_lexical_features
from tests.support.tiny import records, write_jsonl
from training.export.embedding_alone import FEWEST_PAPERS, calibrated_alone


def _labelled(model: ModelParts, folder: Path, count: int) -> list[LabelledPaper]:
    return list(read_labels(write_jsonl(folder / "gold.jsonl", records(count, seed=8)), model.taxonomy))


def test_labelled_papers_calibrate_a_model_of_before(tiny_model: Path, tmp_path: Path) -> None:
    """What it is good for without lexical features is measured on them."""
    model = replace(with_lexical_features(tiny_model), embedding_calibration=None)
    found = calibrated_alone(model, _labelled(model, tmp_path, 80))
    assert found.lexical is not None and found.heads is model.heads
    assert found.metrics["micro_f1"] == 0.8
    assert 0 < found.metrics[METRICS]["micro_f1"] <= 1 and found.metrics[METRICS]["cross_fitted"] is True
    assert embedding_only(found).area_calibration.slope > 0


def test_too_few_papers_are_refused(tiny_model: Path, tmp_path: Path) -> None:
    """They would calibrate at random."""
    model = with_lexical_features(tiny_model)
    with pytest.raises(UsageError, match=f"needs {FEWEST_PAPERS}"):
        calibrated_alone(model, _labelled(model, tmp_path, FEWEST_PAPERS - 1))
