"""Calibration of papers with a title only, from gold papers whose abstract is taken away.

With less to read, the model is sure of less and its probabilities are too high; three numbers put that right, for all
areas alike: slope and offset of the calibrated log-odds (Platt, 1999), and by how much every threshold moves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from model.calibration import NO_ADJUSTMENT, Adjustment, Calibration
from training.calibration.f1 import micro_f1
from training.calibration.fit import FOLDS, fit_calibration, folds

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

SHIFTS = np.linspace(-1.5, 1.5, 61)
"""Movements of the thresholds that are tried, in log-odds."""


def fit_adjustment(calibration: Calibration, title_logits: FloatArray, labels: BoolArray) -> Adjustment:
    """Fit the three numbers.

    Args:
        calibration: of the same papers with their abstracts.
        title_logits: float32 [n, outputs], uncalibrated, of the titles alone.
        labels: bool [n, outputs].

    Returns:
        None of the three changes anything when the labels are too few or all alike.
    """
    if not labels.any() or labels.all() or len(labels) < FOLDS:
        return NO_ADJUSTMENT
    log_odds = calibration.slope * title_logits.astype(np.float64) + np.asarray(calibration.offsets)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scaled = parameters[0] * log_odds + parameters[1]
        error = expit(scaled) - labels
        value = (np.logaddexp(0.0, scaled) - labels * scaled).sum()
        return float(value), np.array([(error * log_odds).sum(), error.sum()])

    slope, offset = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0.05, 5), (-5, 5)]).x
    probabilities = expit(slope * log_odds + offset)
    thresholds = logit(np.clip(np.asarray(calibration.thresholds), 1e-9, 1 - 1e-9))
    scores = [micro_f1(probabilities >= expit(thresholds + shift), labels) for shift in SHIFTS]
    best = np.flatnonzero(np.isclose(scores, max(scores)))
    shift = SHIFTS[best[np.abs(SHIFTS[best]).argmin()]]  # of equally good ones the smallest
    return Adjustment(float(slope), float(offset), float(shift))


def cross_fit_titles(
    logits: FloatArray, title_logits: FloatArray, labels: BoolArray, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Probabilities and thresholds of titles alone, each paper's by calibrations that it took no part in.

    Args:
        logits: float32 [n, outputs], with the abstracts.
        title_logits: float32 [n, outputs], without.
        labels: bool [n, outputs].
        seed: of the folds.

    Returns:
        Both float32 [n, outputs].
    """
    probabilities, thresholds = np.empty_like(title_logits), np.empty_like(title_logits)
    for fit, out in folds(len(logits), seed):
        calibration = fit_calibration(logits[fit], labels[fit], seed)
        calibration = calibration.adjusted(fit_adjustment(calibration, title_logits[fit], labels[fit]))
        probabilities[out] = calibration.probabilities(title_logits[out])
        thresholds[out] = np.asarray(calibration.thresholds)
    return probabilities, thresholds
