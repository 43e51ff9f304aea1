"""What was measured of a version, and on which papers."""

from __future__ import annotations

from typing import Any

import pytest

from model.measurement import Origin, PapersOf, comparison_of, measurement_of, origin_of, parent_of

GATE: dict[str, Any] = {
    "active": "v1",
    "candidate": "v2",
    "papers": 61,
    "active_micro_f1": 0.70,
    "candidate_micro_f1": 0.72,
    "difference": 0.02,
    "lower_bound": 0.001,
    "verdict": "not inferior",
    "reasons": ["Better."],
    "fallen": [],
}


def test_figures_come_with_their_papers() -> None:
    """How many, and whether they calibrated the version, were held out, or nobody knows."""
    figures = {"micro_f1": 0.75, "macro_f1": 0.7, "papers": 200, "intervals": {}}
    known: dict[PapersOf, tuple[dict[str, Any], dict[str, Any]]] = {
        PapersOf.CALIBRATION: ({**figures, "cross_fitted": True}, {}),
        PapersOf.HELD_OUT: (figures, {"retraining": {}}),
        PapersOf.UNKNOWN: (figures, {}),
    }
    for papers_of, measured in known.items():
        found = measurement_of(*measured)
        assert found is not None
        assert (found.papers, found.papers_of, found.micro_f1) == (200, papers_of, 0.75)
        assert found.summary() == f"micro-F1 0.750 on 200 {papers_of}"


@pytest.mark.parametrize("metrics", [{}, {"micro_f1": None}, {"gate": {"papers": 0}}, {"embedding_alone": {}}])
def test_what_was_not_measured_has_no_figures(metrics: dict[str, Any]) -> None:
    """Nor a comparison."""
    assert measurement_of(metrics, {}) is None
    assert comparison_of(metrics) is None


def test_a_comparison_is_of_the_same_papers() -> None:
    """Both values, their papers, and the verdict."""
    found = comparison_of({"gate": GATE})
    assert found is not None
    assert (found.papers, found.active_micro_f1, found.micro_f1, found.difference) == (61, 0.70, 0.72, 0.02)
    assert found.summary() == ("micro-F1 0.700 of v1, 0.720 of this one on the same 61 held-out papers: not inferior")


def test_a_version_knows_how_it_was_made() -> None:
    """Trained, retrained from another one, or adapted to other areas."""
    retrained = {"retraining": {}, "parent": "v1"}
    adapted = {**retrained, "adapted_without_training": {"from_version": "v2"}}
    cards: list[dict[str, Any]] = [{}, retrained, adapted]
    assert [origin_of(card) for card in cards] == list(Origin)
    assert [parent_of(card) for card in cards] == [None, "v1", "v2"]
