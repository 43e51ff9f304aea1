"""Options that several commands share."""

from __future__ import annotations

import math

import pytest

from data.errors import AreatagError, UsageError
from serving.cli.options import positive, training_packages


def test_missing_training_package() -> None:
    """A command of the extra says what is missing and how to install it."""
    expected = r"`areatag train` needs the package sklearn.*areatag\[train\]"
    with pytest.raises(AreatagError, match=expected), training_packages("train"):
        raise ModuleNotFoundError("No module named 'sklearn.metrics'", name="sklearn.metrics")


def test_missing_own_module() -> None:
    """A module of areatag that is missing is a fault of areatag, not of the installation."""
    with pytest.raises(ModuleNotFoundError), training_packages("train"):
        raise ModuleNotFoundError("No module named 'training.nothing'", name="training.nothing")


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_positive(value: float) -> None:
    """Only finite numbers above 0 pass."""
    assert positive("--epochs", 0.5) == 0.5
    with pytest.raises(UsageError, match="--epochs must be a number above 0"):
        positive("--epochs", value)
