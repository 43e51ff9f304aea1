"""F1 from counts, against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import f1_score

from training.calibration.f1 import BoolArray, counts, f1, micro_f1

PAIRS = arrays(np.bool_, (2, 6, 3))


@given(PAIRS)
def test_as_scikit_learn_has_it(pairs: BoolArray) -> None:
    """Over all pairs, and for each area; 0 where nothing is predicted and nothing is right."""
    predicted, labels = pairs
    assert micro_f1(predicted, labels) == pytest.approx(f1_score(labels, predicted, average="micro", zero_division=0.0))
    by_area = f1(*counts(predicted, labels, axis=0).T)
    np.testing.assert_allclose(by_area, f1_score(labels, predicted, average=None, zero_division=0.0))


@given(PAIRS, st.sampled_from((0, 1)))
def test_counts_add_up_to_those_of_all_pairs(pairs: BoolArray, axis: int) -> None:
    """By paper or by area, the sums are the same."""
    predicted, labels = pairs
    assert float(f1(*counts(predicted, labels, axis).sum(axis=0))) == micro_f1(predicted, labels)
