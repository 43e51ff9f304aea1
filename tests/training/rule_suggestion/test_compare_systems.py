"""How suggested rules are measured."""

import numpy as np
import pytest

from training.rule_suggestion.compare_systems import best_threshold, measured
from training.rule_suggestion.systems import SILENT


def test_the_best_threshold_takes_ties_together() -> None:
    """Of pairs with one score a threshold takes all or none."""
    scores = np.array([[0.9, 0.5], [0.5, 0.1]], np.float32)
    assert best_threshold(scores, np.array([[1, 0], [0, 0]], np.int8)) == pytest.approx(0.9)
    assert best_threshold(scores, np.array([[1, 1], [1, 0]], np.int8)) == pytest.approx(0.5)
    assert best_threshold(scores, np.array([[1, -1], [-1, 1]], np.int8)) == pytest.approx(0.1)


def test_without_a_positive_nothing_is_predicted() -> None:
    """No score reaches the threshold."""
    assert best_threshold(np.ones((2, 2), np.float32), np.zeros((2, 2), np.int8)) > 1


def test_silence_is_never_predicted() -> None:
    """Where no rule speaks, no threshold gives an area, not even where that would find most."""
    silent = np.full((2, 2), SILENT, np.float32)
    assert best_threshold(silent, np.ones((2, 2), np.int8)) == np.inf
    silent[0, 0] = 0.4
    assert best_threshold(silent, np.ones((2, 2), np.int8)) == pytest.approx(0.4)


def test_measures_by_hand() -> None:
    """Three papers, two areas: two of three predictions right, three labels, one paper without prediction."""
    truth = np.array([[1, 0], [0, 1], [1, 0]], bool)
    chosen = np.array([[1, 1], [0, 1], [0, 0]], bool)
    comparison = measured({"system": chosen}, truth, cross_fitted=False)
    measures = comparison.measures["system"]
    assert measures["micro-F1"] == pytest.approx(2 / 3) and measures["precision"] == pytest.approx(2 / 3)
    assert measures["macro-F1"] == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert measures["coverage"] == pytest.approx(2 / 3)
    low, high = comparison.intervals["system"]["micro-F1"]
    assert low <= 2 / 3 <= high
    assert "system" in comparison.to_table()
