"""Majority share and noisy-or, by hand."""

import numpy as np
import pytest

from training.label_model.baselines import majority_share, noisy_or

# three functions, two papers, two areas
VOTES = np.array([[[1, 0], [0, 0]], [[1, -1], [0, 0]], [[-1, 1], [1, 0]]], np.int8)


def test_majority_share_is_the_share_of_votes_for() -> None:
    """Abstentions do not count, and silence is no vote for."""
    expected = [[2 / 3, 1 / 2], [1, 0]]
    assert majority_share(VOTES) == pytest.approx(np.array(expected, np.float32))


def test_exclusive_share_spreads_papers_without_votes() -> None:
    """With one area a paper, shares add up to one."""
    share = majority_share(np.maximum(VOTES, 0), exclusive=True)
    assert share == pytest.approx(np.array([[2 / 3, 1 / 3], [1, 0]], np.float32))
    silent = np.zeros((3, 1, 4), np.int8)
    assert majority_share(silent, exclusive=True) == pytest.approx(np.full((1, 4), 0.25))


def test_noisy_or_grows_with_the_votes() -> None:
    """One vote gives the reliability, a second one closes the same share of what is left."""
    expected = [[1 - 0.4**2, 0.6], [0.6, 0]]
    assert noisy_or(VOTES, reliability=0.6) == pytest.approx(np.array(expected, np.float32), abs=1e-6)
