"""Scores and tables of the comparison on few labels."""

import numpy as np
import pytest

from benchmarks.retraining.small_data import LOGISTIC, OURS, scores, stopwatch, table


def test_scores_of_a_hand_made_case() -> None:
    """Macro-F1 is over areas with a test paper, rare-label F1 over the rare ones of these."""
    truth = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=bool)
    predicted = np.array([[1, 0, 1], [1, 0, 0], [0, 1, 0]], dtype=bool)
    found = scores(predicted, truth, np.array([False, True, False]))
    assert found["micro-F1"] == pytest.approx(2 * 3 / (4 + 4))
    assert found["macro-F1"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["rare-label F1"] == pytest.approx(2 / 3)


def test_a_row_has_both_systems() -> None:
    """Ours first, the other in brackets, and the time of both."""
    with stopwatch() as taken:
        pass
    assert set(taken) == {"minutes", "processor minutes"}
    row = {"micro-F1": 0.5, "macro-F1": 0.4, "rare-label F1": 0.3, **taken}
    figures = {"100": {OURS: row, LOGISTIC: {**row, "micro-F1": 0.25}, "rare areas": 7}}
    assert table(figures).rows[0][:2] == ("100", "0.500 (0.250)")
