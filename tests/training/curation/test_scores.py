"""How much a label would teach."""

import numpy as np
import pytest

from training.curation.scores import disagreement, diverse_order, opinion, uncertainty

NAN = float("nan")


def _rows(*rows: list[float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


def test_uncertainty_is_the_mean_entropy_of_the_most_doubtful_areas() -> None:
    """Certainty of both kinds is 0, a coin toss in all five is 1; more areas than that add nothing."""
    values = uncertainty(_rows([1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.5] * 6, [0.5, 0.5, 0.0, 0.0, 0.0, 0.0]))
    assert values == pytest.approx([0.0, 1.0, 0.4], abs=1e-5)


def test_disagreement_counts_votes_that_are_there() -> None:
    """A vote against a sure model is the most there is; the same opinion, or none, is nothing."""
    model = _rows([1.0], [0.3], [0.3])
    values = disagreement(model, _rows([0.0], [0.3], [NAN]))
    assert values == pytest.approx([1.0, 0.0, 0.0], abs=1e-5)
    assert opinion(model, _rows([0.0], [0.5], [NAN])).ravel() == pytest.approx([0.5, 0.4, 0.3])


def test_the_order_is_by_value_times_distance() -> None:
    """The second choice is not the twin of the first, although the twin has more value than the stranger."""
    embeddings = _rows([1, 0], [1, 0.01], [0, 1])
    order = diverse_order(np.array([0.9, 0.8, 0.5], np.float32), embeddings, 3)
    assert [position for position, _ in order] == [0, 2, 1]
    assert order[0][1] == pytest.approx(0.9)
    assert order[1][1] == pytest.approx(0.5)


def test_what_is_labelled_is_not_new() -> None:
    """Papers close to labelled ones come last."""
    embeddings = _rows([1, 0], [0, 1])
    order = diverse_order(np.array([0.9, 0.5], np.float32), embeddings, 2, known=_rows([1, 0.1]))
    assert [position for position, _ in order] == [1, 0]
