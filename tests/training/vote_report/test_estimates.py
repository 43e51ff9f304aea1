"""Intervals and shrinkage against values that are known from elsewhere."""

import numpy as np
import pytest

from training.vote_report.estimates import interval, share, shrunk


def test_the_interval_is_that_of_jeffreys() -> None:
    """Bounds of 2 right in 10, and of all or none right, where one end is the bound itself."""
    low, high = interval([2, 0, 10, 0], [10, 10, 10, 0])
    assert low[0] == pytest.approx(0.0441, abs=5e-4) and high[0] == pytest.approx(0.5028, abs=5e-4)
    assert (low[1], high[2]) == (0.0, 1.0)
    assert high[1] == pytest.approx(0.2172, abs=5e-4) and low[2] == pytest.approx(1 - 0.2172, abs=5e-4)
    assert (low[3], high[3]) == (0.0, 1.0)


def test_more_votes_narrow_the_interval_around_the_same_share() -> None:
    """A fifth right: of ten, of a hundred, of a thousand."""
    low, high = interval([2, 20, 200], [10, 100, 1000])
    assert (np.diff(high - low) < 0).all() and (low < 0.2).all() and (high > 0.2).all()


def test_a_share_is_drawn_to_the_guess_only_while_little_is_known() -> None:
    """Nothing known is the guess, five known are half way, many are themselves."""
    assert shrunk(0, 0, 0.8) == pytest.approx(0.8)
    assert shrunk(0, 5, 0.8) == pytest.approx(0.4)
    assert shrunk(0, 5000, 0.8) == pytest.approx(0.0, abs=1e-3)
    assert np.isnan(share(0, 0)) and share(1, 4) == 0.25
