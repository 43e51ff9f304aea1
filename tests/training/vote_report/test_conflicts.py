"""Conflicts of three sources on four papers and two areas."""

import math

import numpy as np
import pytest

from data.papers import Paper
from training.vote_report.conflicts import Conflicts, stances
from training.votes.vote_matrix import LabellingFunction

FUNCTIONS = (
    LabellingFunction("a.high", "a"),
    LabellingFunction("a.low", "a"),
    LabellingFunction("b", "b"),
    LabellingFunction("c", "c"),
)
ROWS = ((0, 1), (2,), (3,))
TRUSTED = np.ones(4, bool)
# functions [4], papers [4], areas [2]
VOTES = np.array(
    [
        [[1, 0], [1, 0], [0, 0], [0, 0]],
        [[-1, 0], [0, 0], [0, -1], [0, 0]],
        [[-1, 0], [-1, 0], [0, 1], [1, 0]],
        [[0, 0], [0, 0], [0, 0], [0, 0]],
    ],
    np.int8,
)
LABELS = np.array([[-1, -1], [0, 1], [-1, -1], [1, 0]], np.int8)
PAPERS = [Paper(str(number), f"Paper {number}") for number in range(4)]


def _conflicts() -> Conflicts:
    conflicts = Conflicts(FUNCTIONS, 2)
    believed = np.full((4, 2), 0.25, np.float32)
    for number in range(4):  # in chunks of one paper
        part = slice(number, number + 1)
        votes = VOTES[:, part]
        conflicts.add(PAPERS[part], stances(votes, ROWS, TRUSTED), votes, LABELS[part], believed[part])
    return conflicts


def test_a_source_is_for_an_area_when_one_of_its_functions_is() -> None:
    """A vote for outweighs one against in the same source, in whatever order they come, unless it is not trusted."""
    said = stances(VOTES, ROWS, TRUSTED)
    assert said[0].tolist() == [[1, 0], [1, 0], [0, -1], [0, 0]]
    assert stances(VOTES[::-1], ((2, 3), (1,), (0,)), TRUSTED)[0].tolist() == said[0].tolist()
    assert stances(VOTES, ROWS, np.array([False, True, True, True]))[0].tolist() == [[-1, 0], [0, 0], [0, -1], [0, 0]]


def test_conflicts_are_counted_by_side_and_area() -> None:
    """Function a is for where b is against on two papers of area 0, the other way round on one of area 1."""
    found = _conflicts().most_frequent(9)
    assert [(c.voting_for, c.voting_against, c.area, c.papers) for c in found] == [("a", "b", 0, 2), ("b", "a", 1, 1)]
    assert (found[0].known, found[0].applies) == (1, 0)
    assert len(_conflicts().most_frequent(1)) == 1


def test_an_example_names_who_said_what_and_known_ones_come_first() -> None:
    """The second paper has a recorded label, so it is shown before the first."""
    first, second = _conflicts().most_frequent(1)[0].examples
    assert (first.paper.id, first.label, second.paper.id, second.label) == ("1", 0, "0", -1)
    assert (second.voted_for, second.voted_against) == (("a.high",), ("a.low", "b"))
    assert first.probability == 0.25


def test_disagreement_is_a_share_of_what_both_speak_on() -> None:
    """Functions a and b meet three times and never agree; c never speaks."""
    shares = _conflicts().disagreement()
    assert shares[0, 1] == shares[1, 0] == pytest.approx(1.0)
    assert math.isnan(shares[0, 2])
