"""Calibration of titles alone."""

import numpy as np
import pytest

from model.calibration import NO_ADJUSTMENT, Calibration
from training.calibration.title_only import BoolArray, FloatArray, cross_fit_titles, fit_adjustment
from training.evaluation.metrics import expected_calibration_error


def _drawn(count: int, seed: int) -> tuple[FloatArray, FloatArray, BoolArray]:
    """True log-odds of papers, what a title shows of them (sure of too much), and labels."""
    generator = np.random.default_rng(seed)
    log_odds = generator.normal(-1.0, 2.0, (count, 8))
    labels = generator.random((count, 8)) < 1 / (1 + np.exp(-log_odds))
    return log_odds.astype(np.float32), (2 * log_odds + 1).astype(np.float32), labels


def test_finds_what_the_titles_lack() -> None:
    """Titles whose log-odds are twice the truth plus one need a slope of a half and an offset of minus a half."""
    _, titles, labels = _drawn(4000, seed=1)
    adjustment = fit_adjustment(Calibration.identity(8), titles, labels)
    assert adjustment.slope == pytest.approx(0.5, abs=0.03)
    assert adjustment.offset == pytest.approx(-0.5, abs=0.1)


def test_papers_that_took_no_part_are_calibrated() -> None:
    """Cross-fitted probabilities of titles are far better calibrated than those of the papers' own calibration."""
    logits, titles, labels = _drawn(400, seed=2)
    probabilities, thresholds = cross_fit_titles(logits, titles, labels)
    assert probabilities.shape == thresholds.shape == labels.shape
    before = expected_calibration_error(Calibration.identity(8).probabilities(titles), labels)
    assert expected_calibration_error(probabilities, labels) < before / 2


def test_nothing_to_learn_from_changes_nothing() -> None:
    """No labels, all the same labels, or hardly any papers."""
    _, titles, labels = _drawn(20, seed=3)
    identity = Calibration.identity(8)
    assert fit_adjustment(identity, titles, np.zeros_like(labels)) == NO_ADJUSTMENT
    assert fit_adjustment(identity, titles, np.ones_like(labels)) == NO_ADJUSTMENT
    assert fit_adjustment(identity, titles[:3], labels[:3]) == NO_ADJUSTMENT
