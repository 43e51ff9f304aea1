"""The choice among candidates of one area."""

import numpy as np
from scipy.sparse import csr_matrix

from training.rule_suggestion.selection import AreaCandidates, choose_rules


def _candidates(precision: list[float], finds: list[list[int]], exclusive: list[bool] | None = None) -> AreaCandidates:
    rows = np.zeros((len(finds), 12), np.float32)
    for row, papers in enumerate(finds):
        rows[row, papers] = 1
    flags = np.array(exclusive or [False] * len(finds))
    return AreaCandidates(np.array(precision), csr_matrix(rows), flags)


def test_a_rule_counts_for_what_it_adds() -> None:
    """A rule inside a better one is not taken; one that finds others is."""
    candidates = _candidates([0.9, 0.8, 0.7], [[0, 1, 2, 3], [0, 1, 2], [4, 5, 6]])
    chosen = choose_rules(candidates, np.zeros(12, bool), 5)
    assert [(item.candidate, item.new) for item in chosen] == [(0, 4), (2, 3)]
    assert chosen[0].value > chosen[1].value


def test_existing_rules_are_not_repeated() -> None:
    """What existing rules find adds nothing."""
    candidates = _candidates([0.9, 0.6], [[0, 1, 2, 3], [4, 5, 6]])
    covered = np.arange(12) < 4
    assert [item.candidate for item in choose_rules(candidates, covered, 5)] == [1]


def test_imprecise_and_further_rules_are_left_out() -> None:
    """A rule below the least precision is never taken, and no more rules than asked for."""
    candidates = _candidates([0.1, 0.9, 0.8], [list(range(12)), [0, 1, 2], [3, 4]])
    assert [item.candidate for item in choose_rules(candidates, np.zeros(12, bool), 1)] == [1]


def test_one_of_the_exclusive_rules_is_taken() -> None:
    """A prototype has one threshold."""
    candidates = _candidates([0.9, 0.8, 0.7], [[0, 1], [0, 1, 2, 3, 4, 5], [6, 7, 8]], [True, True, False])
    assert [item.candidate for item in choose_rules(candidates, np.zeros(12, bool), 5)] == [1, 2]
