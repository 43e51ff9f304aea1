"""The correction of calibrated probabilities."""

import numpy as np
import pytest
from scipy.special import expit

from model.calibration import PRECISIONS, Calibration
from training.calibration.refine import refine

BEFORE = Calibration(3.0, (1.0, 2.0), (0.3, 0.4), PRECISIONS)


def draw(logits: np.ndarray, seed: int = 0) -> np.ndarray:
    """Labels that occur as often as the logits say."""
    return np.asarray(np.random.default_rng(seed).random(logits.shape) < expit(logits), dtype=np.float32)


def test_without_labels_nothing_changes() -> None:
    """No paper, or none with a known label."""
    empty = refine(np.empty((0, 2), np.float32), np.empty((0, 2), np.float32), BEFORE)
    assert empty == Calibration(1.0, (0.0, 0.0), (0.3, 0.4), PRECISIONS)  # all thresholds stay
    unknown = np.full((5, 2), np.nan, dtype=np.float32)
    assert refine(np.ones((5, 2), np.float32), unknown, BEFORE).slope == 1.0


def test_many_labels_correct_overconfidence() -> None:
    """Logits that are twice too large get half the slope."""
    logits = np.random.default_rng(1).normal(scale=2, size=(3000, 2)).astype(np.float32)
    fitted = refine(2 * logits, draw(logits), Calibration.identity(2))
    assert fitted.slope == pytest.approx(0.5, abs=0.1) and fitted.offsets[0] == pytest.approx(0.0, abs=0.2)


def test_few_labels_change_little() -> None:
    """The prior holds four papers back, whatever they say."""
    logits = np.full((4, 1), 2.0, dtype=np.float32)
    fitted = refine(logits, np.zeros((4, 1), dtype=np.float32), Calibration.identity(1))
    assert 0.7 < fitted.slope < 1.0 and -1.0 < fitted.offsets[0] < 0.0
