"""F1, the harmonic mean of precision and recall, from counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

BoolArray = NDArray[np.bool_]
Counts = NDArray[np.int64]


def f1(hits: ArrayLike, predicted: ArrayLike, actual: ArrayLike) -> NDArray[np.float64]:
    """F1 of true positives, predicted positives and actual positives, arrays of one shape; 0 where all are 0."""
    return np.asarray(2.0 * np.asarray(hits) / np.maximum(np.add(predicted, actual), 1), dtype=np.float64)


def counts(predicted: BoolArray, labels: BoolArray, axis: int) -> Counts:
    """True positives, predicted positives and actual positives of bool [n, areas], int64 [n or areas, 3].

    Args:
        predicted: bool [n, areas], areas given.
        labels: bool [n, areas], areas that apply.
        axis: 0 counts over papers, for each area; 1 over areas, for each paper.
    """
    return np.stack([part.sum(axis=axis) for part in (predicted & labels, predicted, labels)], axis=-1)


def micro_f1(predicted: BoolArray, labels: BoolArray) -> float:
    """F1 over all pairs of a paper and an area, from predictions and labels bool [n, areas]."""
    return float(f1((predicted & labels).sum(), predicted.sum(), labels.sum()))
