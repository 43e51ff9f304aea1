"""How doubtful the label of a paper is."""

import numpy as np
import pytest

from training.curation.scores import disagreement, opinion, uncertainty

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
