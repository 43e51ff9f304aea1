"""A model trained on few labels against the bundled one, adapted without training."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from model import versions
from tests.support.artefact import close, write_artefact
from tests.support.tiny import TAXONOMY, records, write_jsonl
from training.fine_tuning.train_options import TrainOptions
from training.train import TrainReport
from training.untrained_alternative import FEW_PAPERS, recommendation


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainOptions:
    """A training on 30 papers of a taxonomy, one area of which the bundled model calls otherwise."""
    bundled = write_artefact(tmp_path / "bundled", "b-1")
    (bundled / "taxonomy.yaml").write_text(TAXONOMY.replace("sky/birds", "sky/flocks"))
    close(bundled, "b-1")
    monkeypatch.setattr(versions, "_BUNDLED_PATH", bundled)
    taxonomy = tmp_path / "areas.yaml"
    taxonomy.write_text(TAXONOMY)
    labels = write_jsonl(tmp_path / "labels.jsonl", records(30, seed=5))
    return TrainOptions(output=tmp_path / "out", labels=labels, taxonomy=taxonomy)


@pytest.fixture
def report(tmp_path: Path) -> TrainReport:
    """What that training made."""
    return TrainReport(write_artefact(tmp_path / "trained", "v1"), "v1", 30, None, "uncalibrated")


def _values(monkeypatch: pytest.MonkeyPatch, trained: float, untrained: float) -> None:
    values = {"v1": trained, "b-1": untrained}
    monkeypatch.setattr("training.untrained_alternative._micro_f1", lambda tagger, _: values[tagger.version])


def test_both_are_asked_about_the_same_papers(options: TrainOptions, report: TrainReport) -> None:
    """Without validation papers, those of the training, and that is said."""
    found = recommendation(options, report)
    assert found is not None
    assert re.match(
        r"On 30 of its own training papers, micro-F1 is \d\.\d{3} of this model and \d\.\d{3} of the bundled one", found
    )


@pytest.mark.parametrize("validated", [True, False])
def test_training_that_was_worth_nothing_is_said(
    options: TrainOptions, report: TrainReport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, validated: bool
) -> None:
    """With the command that does better."""
    _values(monkeypatch, 0.3, 0.5)
    if validated:
        options = replace(options, validation=write_jsonl(tmp_path / "gold.jsonl", records(12, seed=7)))
    found = recommendation(options, report) or ""
    assert found.endswith(f"Recommended: areatag models activate bundled --taxonomy {options.taxonomy}")
    assert found.startswith("On 12 validation papers" if validated else "On 30 of its own training papers")


def test_a_better_model_is_recommended_where_that_can_be_told(
    options: TrainOptions, report: TrainReport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On papers of its training it is better anyway, so these prove nothing."""
    _values(monkeypatch, 0.5, 0.3)
    assert "--validation GOLD.jsonl" in (recommendation(options, report) or "")
    validated = replace(options, validation=write_jsonl(tmp_path / "gold.jsonl", records(12, seed=7)))
    assert (recommendation(validated, report) or "").endswith("Recommended: this model.")


def test_with_many_papers_or_the_bundled_areas_nothing_is_compared(
    options: TrainOptions, report: TrainReport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """There the question does not arise."""
    assert recommendation(options, replace(report, papers=FEW_PAPERS + 1)) is None
    monkeypatch.setattr(versions, "_BUNDLED_PATH", write_artefact(tmp_path / "same", "b-2"))
    assert recommendation(options, report) is None
