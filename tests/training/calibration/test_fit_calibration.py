"""Fitting probabilities and thresholds on little gold."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from training.calibration.fit_calibration import cross_fit, fit_calibration
from training.evaluation.metrics import expected_calibration_error


def sample(papers: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Logits that are twice too small and shifted, with areas that differ a little, and labels drawn from the truth."""
    generator = np.random.default_rng(seed)
    true = generator.normal(-2.5, 1.8, size=(papers, 40)) + generator.normal(0, 0.4, size=40)
    labels = generator.uniform(size=true.shape) < expit(true)
    return ((true + 1.0) / 2.0).astype(np.float32), labels


def test_recovers_slope_and_offset() -> None:
    """With much data the fit finds the distortion that was put in."""
    logits, labels = sample(3000)
    calibration = fit_calibration(logits, labels)
    assert abs(calibration.slope - 2.0) < 0.1
    assert abs(np.mean(calibration.offsets) + 1.0) < 0.1


def test_two_hundred_papers_calibrate_unseen_ones() -> None:
    """The small sample repairs most of the error on papers it has not seen."""
    logits, labels = sample(200)
    unseen, truth = sample(2000, seed=9)
    before = expected_calibration_error(expit(unseen).astype(np.float32), truth)
    after = expected_calibration_error(fit_calibration(logits, labels).probabilities(unseen), truth)
    assert after < 0.05 < before


def test_thresholds_stay_close_together_when_areas_are_rare() -> None:
    """An area with hardly a positive cannot move its threshold far from the common one."""
    logits, labels = sample(200)
    thresholds = np.array(fit_calibration(logits, labels).thresholds)
    assert 0.1 < np.median(thresholds) < 0.6
    assert np.abs(thresholds - np.median(thresholds)).max() < 0.35


def test_no_paper_is_scored_by_a_calibration_it_took_part_in() -> None:
    """Flipping one paper's labels leaves its own cross-fitted probabilities as they were."""
    logits, labels = sample(60)
    changed = labels.copy()
    changed[7] = ~changed[7]
    # the spread of the offsets is chosen inside each fold too, so nothing of paper 7 reaches its own probabilities
    np.testing.assert_array_equal(cross_fit(logits, labels)[0][7], cross_fit(logits, changed)[0][7])
    assert not np.array_equal(cross_fit(logits, labels)[0], cross_fit(logits, changed)[0])


def test_labels_without_contrast_leave_the_sigmoid() -> None:
    """With no positive at all there is nothing to fit."""
    logits, labels = sample(20)
    calibration = fit_calibration(logits, np.zeros_like(labels))
    np.testing.assert_allclose(calibration.probabilities(logits), expit(logits), atol=1e-6)
