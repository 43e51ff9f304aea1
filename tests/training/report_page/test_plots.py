"""What plots of report pages have in common; the look of each is tested with its page."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from training.report_page.plots import _spread


@given(heights=st.lists(st.floats(0, 1), max_size=8))
def test_names_stand_apart_and_inside(heights: list[float]) -> None:
    """In the order of their marks, and where there is room at their height."""
    moved = _spread(sorted(heights), gap=0.1)
    assert all(after - before > 0.0999 for before, after in pairwise(moved))
    assert all(height <= 1 for height in moved)
    assert _spread([0.2, 0.5, 0.8], gap=0.1) == [0.2, 0.5, 0.8]
