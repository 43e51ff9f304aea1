"""A candidate beside the active model: who is asked what, and where the answers go."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.retraining.adapted_model import AdaptedModel
from training.retraining.evaluate_candidate import answers_of, evaluate_candidate
from training.retraining.retrain_inputs import RetrainInputs, Targets

AREAS = parse_taxonomy(TAXONOMY, "test")
NAN = float("nan")


class FakeTagger:
    """Gives every area of a paper the same probability; a fifth more as the paper's number grows."""

    def __init__(self, version: str, probability: float) -> None:
        self.artefact = SimpleNamespace(version=version)
        self.asked: list[list[str]] = []
        self._probability = probability

    def probabilities(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """As it was made."""
        self.asked.append([paper.id for paper in papers])
        return np.full((len(papers), 3), self._probability, dtype=np.float32)

    def thresholds(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """One for all areas, but a higher one for the last."""
        return np.tile(np.array([0.5, 0.5, 0.9], dtype=np.float32), (len(papers), 1))


def _model(version: str, probability: float, known: tuple[bool, ...] = (True, True, True)) -> Any:
    flags = np.array(known)
    return AdaptedModel(cast(Any, FakeTagger(version, probability)), flags, flags)


def _targets(prefix: str, rows: list[list[float]]) -> Targets:
    papers = tuple(Paper(f"{prefix}{number}", f"Title {prefix}{number}") for number in range(len(rows)))
    return Targets(papers, np.array(rows, dtype=np.float32).reshape(-1, 3))


def _inputs(held_out: list[list[float]], train: list[list[float]] | None = None, check: int = 2) -> RetrainInputs:
    nothing = _targets("n", [])
    return RetrainInputs(
        AREAS,
        _targets("t", train or [[1, 0, NAN]]),
        nothing,
        _targets("h", held_out),
        nothing,
        _targets("c", [[0.5, 0.5, 0.5]] * check),
        "papers",
    )


def test_an_area_that_a_model_does_not_know_is_never_answered() -> None:
    """A probability at the threshold is an answer, one below is none."""
    answers = answers_of(_model("v1", 0.5, (True, False, True)), (Paper("1", "A"), Paper("2", "B")))
    np.testing.assert_array_equal(answers.probabilities, [[0.5, 0.0, 0.5]] * 2)
    np.testing.assert_array_equal(answers.predicted, [[True, False, False]] * 2)
    assert answers.version == "v1" and answers.known.tolist() == [True, False, True]
    sure = answers_of(_model("v1", 1.0, (True, False, True)), (Paper("1", "A"),))
    np.testing.assert_array_equal(sure.predicted, [[True, False, True]])


def test_without_papers_nobody_is_asked() -> None:
    """The answers have the shape of none."""
    model = _model("v1", 0.5)
    answers = answers_of(model, ())
    assert answers.probabilities.shape == answers.predicted.shape == (0, 3)
    assert answers.probabilities.dtype == np.float32 and answers.predicted.dtype == np.bool_
    assert model.tagger.asked == []


def test_both_are_asked_about_the_held_out_and_the_replayed_papers() -> None:
    """In the gate the candidate is compared with the active one, not the other way round."""
    active, candidate = _model("v1", 0.4), _model("v2", 0.6)
    found = evaluate_candidate(active, candidate, _inputs([[1, 1, 0], [1, 1, 0], [1, 1, 0]]))
    assert active.tagger.asked == candidate.tagger.asked == [["h0", "h1", "h2"], ["c0", "c1"]]
    assert (found.gate.active, found.gate.candidate, found.gate.papers) == ("v1", "v2", 3)
    assert (found.gate.active_micro_f1, found.gate.candidate_micro_f1) == (0.0, 1.0)
    assert found.backward_transfer["old_areas"]["mean_f1_change"] == 1.0
    assert found.backward_transfer["agreement"]["papers"] == 2


def test_the_metrics_are_the_candidates_own() -> None:
    """Under the names of an evaluation."""
    found = evaluate_candidate(_model("v1", 0.4), _model("v2", 0.6), _inputs([[1, 1, 0], [1, 0, 0]]))
    assert (found.metrics["model"], found.metrics["papers"], found.metrics["labels"]) == ("v2", 2, 3)
    assert found.metrics["recall"] == 1.0 and found.metrics["precision"] == pytest.approx(0.75)
    assert found.metrics["cross_fitted"] is False


def test_what_labels_leave_open_counts_in_no_measure() -> None:
    """Neither as right nor as wrong, as in the gate: only areas that somebody judged count."""
    found = evaluate_candidate(_model("v1", 0.4), _model("v2", 0.6), _inputs([[1, 1, 0], [1, NAN, NAN]]))
    assert found.metrics["micro_f1"] == found.gate.candidate_micro_f1 == 1.0
    assert (found.metrics["precision"], found.metrics["recall"], found.metrics["labels"]) == (1.0, 1.0, 3)
    assert found.metrics["brier"] == pytest.approx((3 * 0.4**2 + 0.6**2) / 4, abs=1e-4)
    assert {area: row["f1"] for area, row in found.metrics["per_area"].items()} == dict.fromkeys(found.gate.areas, 1.0)
    assert sum(row["pairs"] for row in found.metrics["reliability"]) == 4


def test_a_paper_with_an_unjudged_area_alone_is_no_abstention() -> None:
    """The model did answer, although nobody can say whether rightly."""
    found = evaluate_candidate(_model("v1", 0.4), _model("v2", 0.6), _inputs([[1, 1, 0], [NAN, NAN, 0]]))
    assert found.metrics["abstention"] == 0.0


@pytest.mark.parametrize("held_out", [[], [[0, 0, NAN]]])
def test_without_an_area_to_find_there_are_no_metrics(held_out: list[list[float]]) -> None:
    """The gate says that it knows too little."""
    found = evaluate_candidate(_model("v1", 0.4), _model("v2", 0.6), _inputs(held_out))
    assert found.metrics == {} and found.gate.verdict.value == "insufficient evidence"


def test_areas_without_a_new_label_are_looked_at_apart() -> None:
    """Only labels that say yes are labels of an area."""
    inputs = _inputs([[1, 1, 1]] * 3, train=[[1, 0, NAN], [1, NAN, 0]])
    old = evaluate_candidate(_model("v1", 0.95), _model("v2", 0.4), inputs).backward_transfer["old_areas"]
    assert (old["areas"], old["unlabelled"]["areas"]) == (3, 2)


def test_the_seed_is_that_of_the_bootstrap() -> None:
    """The same one gives the same bound."""
    rows: list[list[float]] = [[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]] * 5
    bounds = [
        evaluate_candidate(_model("v1", 0.95), _model("v2", 0.6), _inputs(rows), seed).gate.lower_bound
        for seed in (1, 1, 2, 3, 4)
    ]
    assert bounds[0] == bounds[1] and len(set(bounds)) > 1
