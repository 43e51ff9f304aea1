"""A draw by chance in which every stratum has its share."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.curation.stratified import stratified_order

SEEDS = range(300)


def _even(count: int) -> np.ndarray:
    return np.ones(count, dtype=np.float32)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(0, 99))
def test_every_start_of_the_order_has_each_stratum_in_its_proportion(strata: list[int], seed: int) -> None:
    """Less than one paper off for each stratum, wherever the order is cut; and no paper is lost or drawn twice."""
    order = stratified_order(np.array(strata), _even(len(strata)), seed=seed)
    assert sorted(order) == list(range(len(strata)))
    drawn = np.array(strata)[order]
    for stratum in set(strata):
        taken = np.flatnonzero(drawn == stratum)
        share = len(taken) / len(strata)
        expected = share * (taken + 1)
        assert (np.abs(np.arange(1, len(taken) + 1) - expected) < len(set(strata)) + 1).all()


def test_what_was_drawn_earlier_counts() -> None:
    """A stratum with as many labelled papers as are left comes in when another one, of which none is, is half done."""
    strata, known = np.repeat([0, 1], 20), np.zeros(20, dtype=np.intp)
    for seed in range(20):
        drawn = strata[stratified_order(strata, _even(40), known, seed)]
        assert (drawn[:9] == 1).all() and 0 in drawn[:13]


def test_within_a_stratum_weights_decide_how_soon() -> None:
    """Of two papers one with three times the weight is first in three of four draws; one without any never comes."""
    weights = np.array([0.3, 0.1, 0.0], dtype=np.float32)
    orders = [stratified_order(np.zeros(3, dtype=np.intp), weights, seed=seed) for seed in SEEDS]
    assert {len(order) for order in orders} == {2}
    assert abs(np.mean([order[0] == 0 for order in orders]) - 0.75) < 0.08


def test_strata_of_one_size_are_as_likely_to_come_first() -> None:
    """Their order is chance as well."""
    first = [stratified_order(np.array([0, 1]), _even(2), seed=seed)[0] for seed in SEEDS]
    assert abs(np.mean(first) - 0.5) < 0.1


def test_nothing_to_draw_is_an_empty_order() -> None:
    """No papers, or none with a weight."""
    assert stratified_order(np.array([], dtype=np.intp), _even(0)) == []
    assert stratified_order(np.array([0, 0]), 0 * _even(2)) == []
