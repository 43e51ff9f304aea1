"""How much a label would teach."""

import numpy as np
import pytest

from training.curation.scores import deviations, disagreement, diverse_order, opinion, uncertainty

NAN = float("nan")


def _rows(*rows: list[float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


def test_uncertainty_is_the_mean_entropy_of_the_most_uncertain_areas() -> None:
    """Certainty of both kinds is 0, a coin toss in all five is 1; more areas than that add nothing."""
    values = uncertainty(_rows([1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.5] * 6, [0.5, 0.5, 0.0, 0.0, 0.0, 0.0]))
    assert values == pytest.approx([0.0, 1.0, 0.4], abs=1e-5)


def test_disagreement_counts_votes_that_are_there() -> None:
    """A vote against a sure model is the most there is; the same opinion, or none, is nothing."""
    model = _rows([1.0], [0.3], [0.3])
    values = disagreement(model, _rows([0.0], [0.3], [NAN]))
    assert values == pytest.approx([1.0, 0.0, 0.0], abs=1e-5)
    assert opinion(model, _rows([0.0], [0.5], [NAN])).ravel() == pytest.approx([0.5, 0.4, 0.3])


def test_twins_are_not_both_chosen_first() -> None:
    """After the most uncertain paper its twin has nothing to add, and a stranger all it has."""
    gradients, embeddings = _rows([0.5], [0.4], [0.3]), _rows([1, 0], [1, 0.01], [0, 1])
    order = diverse_order(gradients, embeddings, 3)
    assert [position for position, _ in order] == [0, 2, 1]
    assert [new for _, new in order] == pytest.approx([1.0, 1.0, 0.01 / 0.16], abs=0.01)


def test_like_papers_differ_where_their_deviations_do() -> None:
    """Doubt about another area is new."""
    order = diverse_order(_rows([0.5, 0.0], [0.0, 0.4]), _rows([1, 0], [1, 0]), 2)
    assert [new for _, new in order] == pytest.approx([1.0, 1.0])


def test_what_is_labelled_is_not_new() -> None:
    """A paper like a labelled one of which the model is still unsure comes last; one that it is sure of never."""
    gradients, embeddings = _rows([0.5], [0.3], [0.0]), _rows([1, 0], [0, 1], [1, 1])
    order = diverse_order(gradients, embeddings, 3, known=(_rows([0.48]), _rows([1, 0])))
    assert [position for position, _ in order] == [1, 0]


def test_papers_are_drawn_in_proportion_to_what_they_add() -> None:
    """Of strangers after the first, one with three times the squared deviation comes second in three of four draws."""
    gradients, embeddings = _rows([0.5], [0.3], [0.3 / 3**0.5]), np.eye(3, dtype=np.float32)
    second = [diverse_order(gradients, embeddings, 2, seed=seed)[1][0] for seed in range(400)]
    assert np.mean(np.array(second) == 1) == pytest.approx(0.75, abs=0.07)


def test_the_deviation_is_greatest_at_a_coin_toss() -> None:
    """And zero where the model is sure."""
    assert deviations(_rows([0.5, 0.0, 1.0, 0.1])).ravel() == pytest.approx([0.5, 0.0, 0.0, 0.3])
