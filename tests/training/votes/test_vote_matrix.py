"""The vote matrix and what is known of labels."""

import numpy as np
import pytest

from training.votes.vote_matrix import (
    UNKNOWN,
    LabellingFunction,
    VoteMatrix,
    labels_after,
    labels_from_targets,
    no_labels,
)

FUNCTIONS = (LabellingFunction("a", "a"), LabellingFunction("b", "b"))
VOTES = np.array([[[1, 0], [0, 0], [-1, 1]], [[1, 0], [0, 0], [0, 0]]], np.int8)
MATRIX = VoteMatrix(("p", "q", "r"), FUNCTIONS, VOTES)


def test_a_pair_is_covered_by_any_vote() -> None:
    """Also by one against."""
    assert MATRIX.covered.tolist() == [[True, False], [False, False], [True, True]]
    assert MATRIX.names == ("a", "b")


def test_rows_are_chosen_by_number() -> None:
    """In the order asked for, of every function."""
    chosen = MATRIX.rows(np.array([2, 0]))
    assert chosen.paper_ids == ("r", "p")
    np.testing.assert_array_equal(chosen.votes, VOTES[:, [2, 0]])
    assert chosen.functions == FUNCTIONS


@pytest.mark.parametrize("shape", [(2, 3), (1, 3, 2), (2, 2, 2), (2, 3, 2, 1)])
def test_votes_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    """The message says which shape it should be."""
    with pytest.raises(ValueError, match=r"expected \(2, 3, 'areas'\)"):
        VoteMatrix(("p", "q", "r"), FUNCTIONS, np.zeros(shape, np.int8))


def test_votes_overrule_labels_where_they_speak() -> None:
    """An abstention changes nothing."""
    labels = labels_from_targets(np.array([[1, 0, np.nan], [np.nan, 1, 0]], np.float32))
    assert labels.tolist() == [[1, 0, UNKNOWN], [UNKNOWN, 1, 0]]
    after = labels_after(np.array([[-1, 0, 1], [0, -1, 1]], np.int8), labels)
    assert after.tolist() == [[0, 0, 1], [UNKNOWN, 0, 1]]
    assert (no_labels(2, 3) == UNKNOWN).all()
