"""The label model on votes that are made from known areas."""

import numpy as np
import pytest

from training.label_model.model import cross_evidence, logit, sigmoid, state_codes
from training.label_model.recorded import with_recorded


def test_cross_evidence_is_discounted_by_the_number_of_votes() -> None:
    """Two votes for other areas, each worth 1, are worth 2 when independent and 1 when fully correlated."""
    votes = np.array([[[1, 1, 0]]], np.int8)
    table = (np.ones((1, 3, 3)) - np.eye(3)).astype(np.float32)
    for rho, expected in ((0.0, [1, 1, 2]), (1.0, [1, 1, 1])):
        assert cross_evidence(votes, table, rho)[0] == pytest.approx(expected)


def test_state_codes_tell_all_joint_votes_apart() -> None:
    """Nine joint votes of two functions have nine codes."""
    pairs = np.array([[a, b] for a in (-1, 0, 1) for b in (-1, 0, 1)], np.int8)
    assert sorted(state_codes(pairs.T[:, :, None]).ravel()) == list(range(9))


def test_recorded_votes_move_the_probabilities_both_ways() -> None:
    """A recorded vote for raises, one against lowers, silence leaves as it was."""
    prior, votes = np.full(3, 0.02), np.array([[1, -1, 0]], np.int8)
    heard = with_recorded(np.full((1, 3), 0.1, np.float32), votes, prior, reliability=0.9)[0]
    assert heard[0] > 0.9
    assert heard[1] < 0.02
    assert heard[2] == pytest.approx(0.1, abs=1e-6)


def test_sigmoid_undoes_logit() -> None:
    """Also near the ends."""
    p = np.array([1e-5, 0.3, 0.999])
    assert sigmoid(logit(p)) == pytest.approx(p)
