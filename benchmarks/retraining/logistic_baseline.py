"""Logistic regression on frozen embeddings, tuned as a careful user would tune it: what fine-tuning has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

FloatArray = NDArray[np.float32]
Bools = NDArray[np.bool_]

INVERSE_STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
"""C that are tried, for embeddings of length 1."""
FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class LogisticModel:
    """One regression an area, and one threshold for all.

    Attributes:
        weight: float32 [areas, hidden].
        bias: float32 [areas]; -inf where no training paper has the area.
        cross_validated: micro-F1 at the chosen C and threshold on papers left out.
    """

    weight: FloatArray
    bias: FloatArray
    inverse_strength: float
    threshold: float
    cross_validated: float

    def probabilities(self, embeddings: FloatArray) -> FloatArray:
        """float32 [n, areas] from embeddings float32 [n, hidden] of length 1."""
        return np.asarray(expit(embeddings @ self.weight.T + self.bias), dtype=np.float32)

    def predict(self, embeddings: FloatArray) -> Bools:
        """The areas given, bool [n, areas]."""
        return self.probabilities(embeddings) >= self.threshold


def fit_logistic(
    embeddings: FloatArray,
    labels: Bools,
    seed: int = 0,
    strengths: Sequence[float] = INVERSE_STRENGTHS,
) -> LogisticModel:
    """Choose C and threshold by micro-F1 in five-fold cross-validation, then fit on everything.

    Args:
        embeddings: float32 [n, hidden] of length 1.
        labels: bool [n, areas].
        seed: of the folds.
        strengths: values of C to try.
    """
    folds = list(KFold(FOLDS, shuffle=True, random_state=seed).split(embeddings))
    best = (-1.0, strengths[0], 0.5)
    for strength in strengths:
        left_out = np.empty(labels.shape, dtype=np.float32)
        for fit, out in folds:
            weight, bias = _fit(embeddings[fit], labels[fit], strength)
            left_out[out] = expit(embeddings[out] @ weight.T + bias)
        f1, threshold = best_threshold(left_out, labels)
        if f1 > best[0]:
            best = (f1, strength, threshold)
    f1, strength, threshold = best
    weight, bias = _fit(embeddings, labels, strength)
    return LogisticModel(weight, bias, strength, threshold, f1)


def best_threshold(probabilities: FloatArray, labels: Bools) -> tuple[float, float]:
    """The best micro-F1 of one threshold for all areas, and that threshold."""
    order = np.argsort(-probabilities.ravel(), kind="stable")
    right = np.cumsum(labels.ravel()[order])
    f1 = 2 * right / (np.arange(1, len(right) + 1) + labels.sum())
    best = int(f1.argmax())
    return float(f1[best]), float(probabilities.ravel()[order][best])


def _fit(embeddings: FloatArray, labels: Bools, strength: float) -> tuple[FloatArray, FloatArray]:
    weight = np.zeros((labels.shape[1], embeddings.shape[1]), dtype=np.float32)
    bias = np.full(labels.shape[1], -np.inf, dtype=np.float32)
    for area in range(labels.shape[1]):
        found = labels[:, area]
        if found.all():
            bias[area] = np.inf
        elif found.any():
            model = LogisticRegression(C=strength, max_iter=300).fit(embeddings, found)
            weight[area], bias[area] = model.coef_[0], model.intercept_[0]
    return weight, bias
