"""Running sources over papers."""

import numpy as np
import pytest

from data.errors import AreatagError
from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy
from training.votes.apply import apply_sources
from training.votes.registered import Registered, RegisteredFunction
from training.votes.vote_matrix import LabellingFunction, VoteMatrix

TAXONOMY = Taxonomy(1, (Field("f", "F", (), (Area("a", "A"), Area("b", "B"))),))
PAPERS = [Paper(str(i), "Title") for i in range(5)]


def source(name: str, area: str) -> Registered:
    """A source whose function votes for one area on every paper."""
    return Registered(TAXONOMY, [RegisteredFunction(name, lambda paper: [area], 0.6)])


def test_rows_follow_the_sources_and_chunks_do_not_matter() -> None:
    """Each source has its rows, and progress is told how many papers are done."""
    done: list[int] = []
    matrix = apply_sources([source("x", "a"), source("y", "b")], PAPERS, 2, done.append, chunk=2)
    assert matrix.names == ("x", "y")
    assert matrix.votes[:, 4].tolist() == [[1, 0], [0, 1]]
    assert done == [2, 2, 1]
    assert matrix.covered.all()
    assert matrix.rows(np.array([1, 3])).paper_ids == ("1", "3")


def test_two_functions_of_one_name_are_refused() -> None:
    """Their rows in the analysis could not be told apart."""
    with pytest.raises(AreatagError, match="called 'x'"):
        apply_sources([source("x", "a"), source("x", "b")], PAPERS, 2)


def test_a_vote_matrix_checks_its_shape() -> None:
    """A row per function and a column per paper."""
    with pytest.raises(ValueError, match="expected"):
        VoteMatrix(("1",), (LabellingFunction("x", "x"),), np.zeros((2, 1, 3), np.int8))
