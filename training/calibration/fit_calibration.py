"""Calibrated probabilities and thresholds from a small labelled sample.

Gold is small, so little is fitted: one slope and one offset for all areas (Platt scaling), per-area offsets with a
normal prior around it (a random intercept, its spread chosen by cross-validated log-loss), one threshold for all areas
that maximises micro-F1, and per-area thresholds shrunk towards it by how often the area occurs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold

from model.calibration import Calibration
from training.calibration.f1 import f1, micro_f1

FloatArray = NDArray[np.float32]
Floats = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

OFFSET_SPREADS = (0.01, 0.25, 0.5, 1.0)
"""Standard deviations tried for the areas' offsets around the common one, in logits, smallest first."""
THRESHOLD_PRIORS = (np.inf, 100.0, 30.0, 10.0)
"""Positive papers an area needs before its own best threshold weighs as much as the common one."""
THRESHOLD_GRID = np.linspace(0.05, 0.80, 76)
FOLDS = 5


@dataclass(frozen=True, slots=True)
class _Scores:
    """True positives, predicted positives and actual positives of every area at every grid threshold."""

    hits: NDArray[np.int64]  # (thresholds, areas)
    predicted: NDArray[np.int64]  # (thresholds, areas)
    actual: NDArray[np.int64]  # (areas,)


def fit_calibration(logits: FloatArray, labels: BoolArray, seed: int = 0) -> Calibration:
    """Fit slope, offsets and thresholds.

    Args:
        logits: float32 [n, areas], uncalibrated log-odds.
        labels: bool [n, areas].
        seed: of the folds.

    Returns:
        The identity with thresholds at 0.5 when the labels hold no positive or no negative at all.
    """
    if not labels.any() or labels.all() or len(labels) < FOLDS:
        return Calibration.identity(labels.shape[1])
    spread, held_out = _best_spread(logits, labels, seed)
    slope, offsets = _fit_platt(logits, labels, spread, _without_offsets(logits, labels))
    thresholds = _fit_thresholds(held_out, labels, seed)
    return Calibration(slope, tuple(offsets.tolist()), tuple(thresholds.tolist()))


def cross_fit(logits: FloatArray, labels: BoolArray, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Cross-fitted probabilities and thresholds: each paper's by a calibration that was fitted on other papers.

    Returns:
        Probabilities float32 [n, areas] and the thresholds that go with them, float32 [n, areas].
    """
    probabilities = np.empty(logits.shape, dtype=np.float32)
    thresholds = np.empty(logits.shape, dtype=np.float32)
    for fit, held_out in folds(len(logits), seed):
        calibration = fit_calibration(logits[fit], labels[fit], seed)
        probabilities[held_out] = calibration.probabilities(logits[held_out])
        thresholds[held_out] = np.asarray(calibration.thresholds)
    return probabilities, thresholds


def folds(count: int, seed: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Positions to fit on and positions left out, for each fold."""
    return list(KFold(min(FOLDS, count), shuffle=True, random_state=seed).split(np.arange(count)))


def _without_offsets(logits: FloatArray, labels: BoolArray) -> Floats:
    """Common slope and offset [2]: logistic regression on the logit."""
    fitted = LogisticRegression(C=np.inf, max_iter=200).fit(logits.reshape(-1, 1), labels.ravel())
    return np.array([fitted.coef_[0, 0], fitted.intercept_[0]])


def _fit_platt(logits: FloatArray, labels: BoolArray, spread: float, start: Floats) -> tuple[float, Floats]:
    """Slope and offsets [areas]: from common ones [2], with a random intercept for each area.

    The intercepts and the common slope and offset are improved in turn by Newton's method until they settle.
    """
    common = start.copy()
    deviation = np.zeros(logits.shape[1])
    design = np.stack([logits.ravel().astype(np.float64), np.ones(logits.size)])  # (2, n * areas)
    for _ in range(30):
        probabilities = expit(common[0] * logits + common[1] + deviation)
        variance = probabilities * (1 - probabilities)
        gradient = (probabilities - labels).sum(0) + deviation / spread**2
        step = np.clip(gradient / (variance.sum(0) + 1 / spread**2), -1.0, 1.0)
        deviation -= step
        error = (expit(common[0] * logits + common[1] + deviation) - labels).ravel()
        hessian = (design * variance.ravel()) @ design.T + 1e-6 * np.eye(2)
        common_step = np.clip(np.linalg.solve(hessian, design @ error), -1.0, 1.0)
        common -= common_step
        if max(np.abs(step).max(), np.abs(common_step).max()) < 1e-4:
            break
    return float(common[0]), common[1] + deviation


def _best_spread(logits: FloatArray, labels: BoolArray, seed: int) -> tuple[float, FloatArray]:
    """The spread of least log-loss, and with it the probabilities float32 [n, areas] of papers outside the fit."""
    held_out = {spread: np.empty(logits.shape, dtype=np.float32) for spread in OFFSET_SPREADS}
    for fit, out in folds(len(logits), seed):
        start = _without_offsets(logits[fit], labels[fit])
        for spread, probabilities in held_out.items():
            slope, offsets = _fit_platt(logits[fit], labels[fit], spread, start)
            probabilities[out] = expit(slope * logits[out] + offsets)
    losses = {
        spread: log_loss(labels.ravel(), probabilities.ravel(), labels=[False, True])
        for spread, probabilities in held_out.items()
    }
    best = min(losses, key=lambda spread: losses[spread])
    return best, held_out[best]


def _fit_thresholds(probabilities: FloatArray, labels: BoolArray, seed: int) -> Floats:
    """Thresholds chosen on probabilities of papers outside the fit, so that they suit unseen papers."""
    scores = {
        prior: np.mean(
            [
                micro_f1(probabilities[out] >= _thresholds(probabilities[fit], labels[fit], prior), labels[out])
                for fit, out in folds(len(labels), seed)
            ]
        )
        for prior in THRESHOLD_PRIORS
    }
    best = max(THRESHOLD_PRIORS, key=lambda prior: scores[prior])  # the first, strongest prior wins a tie
    return _thresholds(probabilities, labels, best)


def _thresholds(probabilities: FloatArray, labels: BoolArray, prior: float) -> Floats:
    counts = _count(probabilities, labels)
    shared = THRESHOLD_GRID[np.argmax(f1(counts.hits.sum(1), counts.predicted.sum(1), counts.actual.sum()))]
    own = THRESHOLD_GRID[np.argmax(f1(counts.hits, counts.predicted, counts.actual), axis=0)]  # (areas,)
    trust = counts.actual / (counts.actual + prior)
    return np.asarray(shared + trust * (own - shared), dtype=np.float64)


def _count(probabilities: FloatArray, labels: BoolArray) -> _Scores:
    """Counts at every threshold at once, from a histogram of each area's probabilities."""
    areas, steps = labels.shape[1], len(THRESHOLD_GRID) + 1
    reached = np.searchsorted(THRESHOLD_GRID, probabilities, side="right")  # thresholds at or below the probability
    cells = (reached * areas + np.arange(areas)).ravel()

    def at_or_above(chosen: NDArray[np.bool_] | slice) -> NDArray[np.int64]:
        histogram = np.bincount(cells[chosen], minlength=steps * areas).reshape(steps, areas)
        return np.asarray(histogram[::-1].cumsum(axis=0)[::-1][1:], dtype=np.int64)

    return _Scores(at_or_above(labels.ravel()), at_or_above(slice(None)), labels.sum(0))
