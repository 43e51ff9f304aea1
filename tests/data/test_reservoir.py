"""A sample of a stream."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from data.reservoir import Reservoir


def _sample(count: int, size: int, seed: int) -> list[int]:
    reservoir: Reservoir[int] = Reservoir(size, seed)
    for number in range(count):
        reservoir.add(number)
    assert reservoir.seen == count
    return reservoir.items()


@given(st.integers(0, 60), st.integers(0, 20), st.integers(0, 5))
def test_every_item_once_in_the_order_of_the_stream(count: int, size: int, seed: int) -> None:
    """As many as fit, the same ones for the same seed."""
    items = _sample(count, size, seed)
    assert len(items) == min(count, size) == len(set(items)) and items == sorted(items)
    assert items == _sample(count, size, seed)


def test_equal_weights_have_equal_chances() -> None:
    """Over many seeds the first and the last item are drawn about as often."""
    counts = Counter(number for seed in range(600) for number in _sample(20, 5, seed))
    assert all(100 < counts[number] < 205 for number in range(20))  # 150 expected, with a deviation of 11


def test_a_larger_weight_is_a_larger_chance() -> None:
    """Of two items for one place, one with three times the weight is drawn three times as often."""
    counts: Counter[str] = Counter()
    for seed in range(600):
        reservoir: Reservoir[str] = Reservoir(1, seed)
        reservoir.add("light", 1.0)
        reservoir.add("heavy", 3.0)
        counts.update(reservoir.items())
    assert 400 < counts["heavy"] < 500  # 450 expected, with a deviation of 11
