"""The tables after a retraining."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from serving.cli.retrain_report import retrain_tables
from training.retraining.retrain_options import RetrainResult


def _result(areas: dict[str, dict[str, float]], micro_f1: float | None = 0.875) -> RetrainResult:
    unlabelled: dict[str, Any] = {"areas": 0, "mean_f1_change": None, "mean_average_precision_change": None}
    old = {"areas": 7, "mean_f1_change": -0.0213, "mean_average_precision_change": 0.004, "unlabelled": unlabelled}
    report = {
        "data": {"labelled_papers": 60, "replay_papers": 400, "replay_source": "papers"},
        "gate": {
            "active": "v1",
            "verdict": "not inferior",
            "papers": 31,
            "active_micro_f1": 0.5,
            "candidate_micro_f1": 0.5625,
            "all_areas": {"active": 0.4, "candidate": 0.39},
            "reasons": ["The new version may be [worse] by 0.01."],
            "areas": areas,
        },
        "forgetting": {"old_areas": old, "agreement": {"papers": 40, "micro_f1": micro_f1}},
    }
    return RetrainResult("job", "v2", "v1", Path("v2"), "not inferior", True, False, "heads", report)


def _area(change: float) -> dict[str, float]:
    return {"papers": 4, "active": 0.5, "candidate": 0.5 + change, "change": change}


def test_the_comparison_has_both_models_and_the_verdict() -> None:
    """Changes carry their sign; a reason is text, not markup."""
    text = retrain_tables(_result({}))
    assert "v2 from 60 labelled papers and 400 replay papers (papers); trained: heads" in " ".join(text.split())
    assert "+0.062" in text and "-0.010" in text
    assert "verdict: not inferior (31 held-out papers)" in text and "may be [worse] by 0.01." in text
    assert "areas that changed most" not in text


def test_the_areas_that_changed_most_come_first() -> None:
    """Ten of them, whatever the direction."""
    areas = {f"area-{number:02}": _area(number / 100 * (-1) ** number) for number in range(14)}
    lines = [line for line in retrain_tables(_result(areas)).splitlines() if "area-" in line]
    assert len(lines) == 10 and "area-13" in lines[0] and "-0.13" in lines[0] and "area-12" in lines[1]


def test_what_was_not_measured_is_left_blank() -> None:
    """Neither zero nor "None"."""
    text = retrain_tables(_result({}, micro_f1=None))
    assert "-0.021" in text and "+0.004" in text and "None" not in text
    assert "0.875" in retrain_tables(_result({}))


def test_areas_that_did_not_change_are_not_shown() -> None:
    """With few papers most have not, and a table of zeros says nothing."""
    assert "areas that changed most" not in retrain_tables(_result({"still": _area(0.0)}))
    text = retrain_tables(_result({"still": _area(0.0), "moved": _area(0.1)}))
    assert "moved" in text and "still" not in text


def test_words_are_plain() -> None:
    """A curator has not read the code: which areas, and that nothing was replayed."""
    result = _result({}, micro_f1=None)
    result.report["data"] |= {"replay_papers": 0, "replay_source": "none"}
    text = " ".join(retrain_tables(result).split())
    assert "micro-F1, areas that both models know" in text
    assert "60 labelled papers and no replay papers; trained: heads" in text
    assert not any(words in text for words in ("(none)", "areas of both", "old areas"))


def test_labels_that_were_left_out_are_said() -> None:
    """Under the verdict, where its reasons stand; a version without such labels says nothing of it."""
    result = _result({})
    result.report["data"]["labels_left_out"] = "Of the labels 3 nearly equal held-out papers, so these are left out."
    assert "3 nearly equal held-out papers" in " ".join(retrain_tables(result).split())
    result.report["data"]["labels_left_out"] = "none"
    assert "left out" not in retrain_tables(result)
