"""How often a rule is right: counts on the few labels, shrunk towards what the pool says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from training.label_model.model import Floats
from training.rule_suggestion.phrase_counts import PhraseCounts
from training.votes.material import Floats32
from training.votes.vote_matrix import Labels

PRIOR_STRENGTH = 8.0
"""Pseudo-papers of what the pool says of a rule (a Beta prior)."""
POOL_STRENGTH = 3.0
"""Pseudo-papers of an area's mean probability among the papers of the pool that a rule finds."""
_LEAST_PROBABILITY = 0.03
"""Rules of which the pool says less take no part in the calibration: almost all are wrong."""
_FEW_POSITIVES = 10


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of rules for areas, float64 arrays of one shape."""

    precision: Floats
    known: Floats
    """Labelled papers that the rule finds."""
    right: Floats
    """Those among them that have the area."""


def shrunk(right: Floats, known: Floats, prior: Floats) -> Evidence:
    """The mean of the Beta posterior with `PRIOR_STRENGTH` pseudo-papers at the prior."""
    return Evidence((right + PRIOR_STRENGTH * prior) / (known + PRIOR_STRENGTH), known, right)


def mean_probabilities(counts: PhraseCounts, probabilities: Floats32) -> Floats:
    """Mean probability of the pool's papers with a phrase, float64 [phrases, areas], shrunk to the whole pool's."""
    frequency = np.asarray(counts.pool.sum(axis=0)).ravel()
    total = np.asarray(counts.pool.T @ probabilities, dtype=np.float64) + POOL_STRENGTH * probabilities.mean(axis=0)
    return np.asarray(np.clip(total / (frequency[:, None] + POOL_STRENGTH), 1e-6, 1 - 1e-6))


@dataclass(frozen=True, slots=True)
class PriorCalibration:
    """Turns mean probabilities into precisions: those of single papers are cautious, but their errors cancel out."""

    slope: float = 1.0
    offset: float = 0.0

    def precision(self, mean: Floats) -> Floats:
        """Expected precision of phrases with these mean probabilities, one shape."""
        return np.asarray(expit(self.slope * logit(mean) + self.offset), dtype=np.float64)


def fit_prior_calibration(folds: Iterable[tuple[csr_matrix, Floats, Labels]]) -> PriorCalibration:
    """Learn slope and offset from all phrases of labelled papers that the probabilities were not fitted on.

    Args:
        folds: of each, where phrases occur in labelled papers [papers, phrases], mean probabilities [phrases,
            areas] fitted without them, and their labels int8 [papers, areas].
    """
    said, right = [np.zeros(0)], [np.zeros(0, bool)]
    for labelled, mean, labels in folds:
        phrases, areas = np.nonzero(mean >= _LEAST_PROBABILITY)
        papers, among = labelled.tocsc()[:, phrases].nonzero()
        truth = labels[papers, areas[among]]
        said.append(logit(mean[phrases, areas])[among][truth >= 0])
        right.append(truth[truth >= 0] == 1)
    outcome = np.concatenate(right)
    if min(outcome.sum(), (~outcome).sum()) < _FEW_POSITIVES:
        return PriorCalibration()
    model = LogisticRegression(C=1.0).fit(np.concatenate(said)[:, None], outcome)
    return PriorCalibration(float(model.coef_[0, 0]), float(model.intercept_[0]))


def phrase_evidence(counts: PhraseCounts, mean: Floats, labels: Labels, calibration: PriorCalibration) -> Evidence:
    """Every phrase as a rule for every area, [phrases, areas], from its mean probability and the labels."""
    known = np.asarray(counts.labelled.T @ (labels >= 0).astype(np.float32), dtype=np.float64)
    right = np.asarray(counts.labelled.T @ (labels == 1).astype(np.float32), dtype=np.float64)
    return shrunk(right, known, calibration.precision(mean))
