"""Percentiles and slopes of measurements."""

from __future__ import annotations

import pytest

from benchmarks.serving.figures import Percentiles, slope
from benchmarks.serving.latency import rates


def test_percentiles_are_in_milliseconds() -> None:
    """Of one to a hundred milliseconds the median is 50.5."""
    found = Percentiles.of([number / 1000 for number in range(1, 101)])
    assert (found.p50, found.p90, found.p99, found.count) == (50.5, 90.1, 99.01, 100)
    names = [figure.name for figure in found.figures("x", ("under 60", "", ""))]
    assert names == ["x, p50", "x, p90", "x, p99"]


def test_nothing_measured_is_an_error() -> None:
    """Not a percentile of zero."""
    with pytest.raises(ValueError, match="every call failed"):
        Percentiles.of([])


def test_slope_is_growth_a_minute() -> None:
    """Exact on a line; none for a single value."""
    assert slope([0.0, 1.0, 2.0], [10.0, 12.0, 14.0]) == pytest.approx(2.0)
    assert slope([1.0], [10.0]) == 0.0


def test_a_rate_beyond_the_machine_is_measured_beside_a_sustained_one() -> None:
    """Both are reported; a machine that keeps up has one."""
    assert rates(20, 100) == [20]
    assert rates(20, 10) == [7, 20]
