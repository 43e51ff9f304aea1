"""Thresholds that keep a precision: what is promised is found on papers that they were not fitted on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.calibration import PRECISIONS
from training.calibration.precision import (
    BoolArray,
    FloatArray,
    cross_fit_precision_thresholds,
    fit_precision_thresholds,
)


def drawn(papers: int, seed: int, overconfidence: float = 1.0) -> tuple[FloatArray, BoolArray]:
    """Probabilities of twenty areas, and labels that occur as often as they say when `overconfidence` is 1."""
    generator = np.random.default_rng(seed)
    log_odds = generator.normal(-3.0, 3.0, (papers, 20))
    labels = generator.random(log_odds.shape) < 1 / (1 + np.exp(-log_odds / overconfidence))
    return (1 / (1 + np.exp(-log_odds))).astype(np.float32), labels


def found(probabilities: FloatArray, labels: BoolArray, threshold: float) -> float:
    """Precision of the areas at or above a threshold."""
    return float(labels[probabilities >= threshold].mean())


@pytest.mark.parametrize("overconfidence", [1.0, 2.0])
@pytest.mark.parametrize("precision", [0.80, 0.90, 0.95])
def test_a_promise_is_kept_on_other_papers(precision: float, overconfidence: float) -> None:
    """Also by a model that is too sure: its labels say so. Where probabilities are right, little more is left out."""
    threshold = fit_precision_thresholds(*drawn(2000, 1, overconfidence))[PRECISIONS.index(precision)]
    others = drawn(4000, 2, overconfidence)
    assert found(*others, threshold) > precision - 0.015
    if overconfidence == 1.0:
        assert threshold < precision and found(*others, threshold) < precision + 0.02


@given(papers=st.integers(1, 12), seed=st.integers(0, 99), share=st.sampled_from([0.0, 0.1, 1.0]))
def test_thresholds_rise_and_are_probabilities(papers: int, seed: int, share: float) -> None:
    """However few papers there are, and also if no area is ever right: then as many as the precision says."""
    probabilities, _ = drawn(papers, seed)
    labels = np.random.default_rng(seed).random(probabilities.shape) < share
    thresholds = fit_precision_thresholds(probabilities, labels)
    assert list(thresholds) == sorted(thresholds) and thresholds[0] > 0 and thresholds[-1] <= 1
    if share == 0.0:
        assert all(threshold >= precision for threshold, precision in zip(thresholds, PRECISIONS, strict=True))


def test_each_paper_has_thresholds_of_others() -> None:
    """Five folds, so five values of each precision at most."""
    probabilities, labels = drawn(50, 3)
    thresholds = cross_fit_precision_thresholds(probabilities, labels, (0.80, 0.95))
    assert thresholds.shape == (2, 50) and (thresholds[0] <= thresholds[1]).all()
    assert 1 < len(np.unique(thresholds[0])) <= 5
