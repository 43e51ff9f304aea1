"""What `areatag evaluate` reports: the measures under their names, cross-fitted where gold calibrated the model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from data.papers import Paper, content_id
from data.taxonomy_file import parse_taxonomy
from model.artefact import Artefact
from model.tagger import Tagger
from tests.support.tiny import TAXONOMY, records, write_jsonl
from training.calibration.fit_calibration import cross_fit
from training.evaluation.metrics import coverage_at_precision, per_area, point_metrics, reliability, risk_coverage
from training.evaluation.report import EvaluationReport, cross_fitted_report, report
from training.evaluation_report.evaluation import evaluate

AREAS = parse_taxonomy(TAXONOMY, "test")
RANDOM = np.random.default_rng(0)
LABELS = RANDOM.random((40, 3)) < [0.5, 0.4, 0.05]
LOGITS = (np.where(LABELS, 1.5, -1.5) + RANDOM.normal(size=LABELS.shape)).astype(np.float32)
PROBABILITIES = (1 / (1 + np.exp(-LOGITS))).astype(np.float32)


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many that an interval has two ends."""
    monkeypatch.setattr("training.evaluation.report.BOOTSTRAP_ROUNDS", 40)


def _report(cross_fitted: bool = False) -> EvaluationReport:
    return report("v7", PROBABILITIES, PROBABILITIES >= 0.5, LABELS, AREAS, cross_fitted)


def test_every_measure_is_that_of_all_papers() -> None:
    """With an interval around each, and the areas that gold or the model names."""
    found = _report()
    expected = point_metrics(PROBABILITIES, PROBABILITIES >= 0.5, LABELS)
    assert found.metrics == expected | {"coverage_at_90_precision": coverage_at_precision(PROBABILITIES, LABELS)}
    assert found.intervals.keys() == found.metrics.keys()
    for name in ("micro_f1", "precision", "recall", "brier"):
        low, high = found.intervals[name]
        assert low < found.metrics[name] < high
    assert (found.model, found.papers, found.labels) == ("v7", 40, int(LABELS.sum()))
    assert found.areas == per_area(PROBABILITIES, PROBABILITIES >= 0.5, LABELS, AREAS.area_ids)
    assert found.risk_coverage == risk_coverage(PROBABILITIES, LABELS)
    assert found.reliability == reliability(PROBABILITIES, LABELS)
    assert found.cross_fitted is False


def test_the_record_is_json_with_four_digits() -> None:
    """Under the names that the documentation gives."""
    found = _report(cross_fitted=True)
    record = json.loads(found.to_json())
    assert record == json.loads(json.dumps(found.to_record()))
    assert record["micro_f1"] == round(found.metrics["micro_f1"], 4)
    assert record["intervals"]["micro_f1"] == [round(value, 4) for value in found.intervals["micro_f1"]]
    assert record["per_area"]["sea/whales"]["f1"] == round(found.areas["sea/whales"]["f1"], 4)
    assert record["risk_coverage"][0]["risk"] == round(found.risk_coverage[0]["risk"], 4)
    assert (record["model"], record["papers"], record["labels"]) == ("v7", 40, int(LABELS.sum()))
    assert record["cross_fitted"] is True


def test_the_table_shows_measures_and_the_weakest_areas() -> None:
    """Areas of fewer than three papers are left out, the lowest F1 comes first, and ten rows are enough."""
    row = {"support": 3.0, "precision": 0.25, "recall": 0.5, "f1": 0.0, "average_precision": 0.1}
    areas = {f"area-{number:02d}": row | {"f1": 1 - number / 100} for number in range(20)}
    areas["rare"] = row | {"support": 2.0, "f1": 0.0}
    metrics, intervals = {"micro_f1": 0.71849, "ece": 0.02}, {"micro_f1": (0.7, 0.74)}
    table = EvaluationReport("v7", 60, 90, False, metrics, intervals, areas, [], [], []).to_table()
    lines = [" ".join(line.replace("│", " ").split()) for line in table.splitlines()]
    assert lines[0] == "v7 on 60 papers, 90 labels"
    assert "micro_f1 0.718 0.700 .. 0.740" in lines and "ece 0.020" in lines
    shown = [line for line in lines if line.startswith("area-")]
    assert [line.split()[0] for line in shown] == [f"area-{number:02d}" for number in range(19, 9, -1)]
    assert shown[0] == "area-19 3 0.25 0.50 0.81" and not any(line.startswith("rare") for line in lines)
    assert "(cross-fitted: these papers calibrated the model)" in " ".join(
        _report(cross_fitted=True).to_table().split()
    )


def test_cross_fitting_gives_each_paper_the_calibration_of_others() -> None:
    """What is out of distribution gets no area, but keeps its probabilities."""
    ood = np.zeros(40, dtype=bool)
    plain, none_out = (
        cross_fitted_report("v7", LOGITS, LABELS, AREAS),
        cross_fitted_report("v7", LOGITS, LABELS, AREAS, ood),
    )
    probabilities, thresholds = cross_fit(LOGITS, LABELS)
    expected = report("v7", probabilities, probabilities >= thresholds, LABELS, AREAS, True)
    assert plain == none_out == replace(expected, min_precision=plain.min_precision)
    ood[:10] = True
    some_out = cross_fitted_report("v7", LOGITS, LABELS, AREAS, ood)
    assert some_out.metrics["abstention"] >= 0.25
    assert some_out.metrics["recall"] < plain.metrics["recall"] and some_out.metrics["brier"] == plain.metrics["brier"]


def test_gold_that_did_not_calibrate_is_scored_as_the_model_answers(tiny_model: Path, tmp_path: Path) -> None:
    """With the model's own probabilities and thresholds."""
    rows = records(30, seed=11)
    found = evaluate(write_jsonl(tmp_path / "gold.jsonl", rows), tiny_model, device="cpu").report
    assert (found.cross_fitted, found.papers, found.model) == (False, 30, Artefact.open(tiny_model).version)
    tagger = Tagger.load(tiny_model, device="cpu")
    papers = [Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in rows]
    given = [{area.id for area in result.areas} for result in tagger.tag(papers)]
    gold = [row["areas"] for row in rows]
    right = sum(area in areas for areas, found in zip(gold, given, strict=True) for area in found)  # type: ignore[operator]
    assert found.metrics["precision"] == pytest.approx(right / sum(map(len, given)))


def test_one_paper_that_calibrated_the_model_is_enough_to_cross_fit(tiny_model: Path, tmp_path: Path) -> None:
    """Its own calibration would flatter it."""
    calibrated = set(Artefact.open(tiny_model).card["calibrated_on"])
    known = [row for row in records(40, seed=2) if content_id(str(row["title"]), str(row["abstract"])) in calibrated]
    rows = [*records(20, seed=12), known[0]]
    assert evaluate(write_jsonl(tmp_path / "gold.jsonl", rows), tiny_model, device="cpu").report.cross_fitted
    assert not evaluate(write_jsonl(tmp_path / "gold.jsonl", rows[:-1]), tiny_model, device="cpu").report.cross_fitted


def test_gold_with_an_area_that_the_model_does_not_know_is_an_error(tiny_model: Path, tmp_path: Path) -> None:
    """It names file and area."""
    rows = [*records(5), {"id": "x", "title": "A", "areas": ["sea/krakens"]}]
    with pytest.raises(AreatagError, match=r"gold\.jsonl.*sea/krakens"):
        evaluate(write_jsonl(tmp_path / "gold.jsonl", rows), tiny_model, device="cpu")


def test_few_papers_with_areas_among_many_without_can_be_measured() -> None:
    """A resample of papers may have no area at all; that is no reason to fail."""
    labels = np.zeros((6, 3), dtype=bool)
    labels[0, 0] = True
    found = report("v7", PROBABILITIES[:6], PROBABILITIES[:6] >= 0.5, labels, AREAS)
    assert found.intervals["mean_average_precision"][0] == 0.0
