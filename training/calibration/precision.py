"""Thresholds that keep a precision over a collection: fitted once, so that a collection can be tagged as it streams by.

A calibrated probability says how often such areas are right, so the mean probability of all areas above a threshold is
their expected precision, and the lowest threshold where that is reached gives most areas. But calibration is best where
most labels are, and at the sure end, which matters here, an encoder's probabilities are too high. So the labels of the
calibration papers must have that precision as well, above the same threshold.
"""

import numpy as np
from numpy.typing import NDArray

from model.calibration import PRECISIONS
from training.calibration.fit_calibration import folds

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]


def fit_precision_thresholds(probabilities: FloatArray, labels: BoolArray) -> tuple[float, ...]:
    """The threshold for each of `PRECISIONS`, rising.

    Args:
        probabilities: float32 [n, areas], each paper's by a calibration that it took no part in.
        labels: bool [n, areas].
    """
    order = np.argsort(-probabilities.ravel(), kind="stable")
    sorted_probabilities = probabilities.ravel()[order].astype(np.float64)
    given = np.arange(1, len(order) + 1)
    expected = sorted_probabilities.cumsum() / given
    found = labels.ravel()[order].cumsum() / given
    thresholds = [
        max(_lowest(sorted_probabilities, reached >= wanted, wanted) for reached in (expected, found))
        for wanted in PRECISIONS
    ]
    return tuple(np.maximum.accumulate(thresholds).tolist())


def _lowest(probabilities: NDArray[np.float64], reached: BoolArray, wanted: float) -> float:
    """The lowest of the falling probabilities at which a precision is reached; the precision itself if at none."""
    return float(probabilities[np.flatnonzero(reached)[-1]]) if reached.any() else wanted


def cross_fit_precision_thresholds(
    probabilities: FloatArray, labels: BoolArray, precisions: tuple[float, ...], seed: int = 0
) -> FloatArray:
    """For each paper thresholds that were fitted on other papers, float32 [precisions, n].

    Args:
        probabilities: float32 [n, areas], cross-fitted.
        labels: bool [n, areas].
        precisions: of those in `PRECISIONS`.
        seed: of the folds.
    """
    columns = [PRECISIONS.index(precision) for precision in precisions]
    thresholds = np.empty((len(precisions), len(labels)), dtype=np.float32)
    for fit, out in folds(len(labels), seed):
        fitted = np.array(fit_precision_thresholds(probabilities[fit], labels[fit]), dtype=np.float32)
        thresholds[:, out] = fitted[columns, None]
    return thresholds
