"""How probable an area is for a paper, from similarity to the area's prototype: a mean of few labelled titles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from training.votes.material import Floats32
from training.votes.prototypes import mean_direction
from training.votes.vote_matrix import Labels

MOST_TITLES = 20
"""Titles of labelled papers in a prototype at most, so that a curator can read it."""
_FEW_POSITIVES = 5
"""With fewer labelled pairs the calibration is not fitted but assumed."""
_ASSUMED = (2.0, -6.0)
"""Slope and offset of the log-odds by z-score that are assumed then, near those fitted on the default taxonomy."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Embeddings of length 1, float32 [n, dimensions]: whole papers of pool and labels, and prototypes' material."""

    pool: Floats32
    labelled: Floats32
    titles: Floats32  # of the labelled papers
    areas: Floats32  # of the areas' names and descriptions

    def labels_at(self, rows: npt.NDArray[np.intp]) -> Embedded:
        """The same pool with some of the labelled papers."""
        return Embedded(self.pool, self.labelled[rows], self.titles[rows], self.areas)


@dataclass(frozen=True, slots=True)
class PrototypeScores:
    """How similar papers are to the areas' prototypes, and what that makes probable.

    A labelled paper is compared with prototypes that its own title is no part of, or they would look better than
    they are.
    """

    pool_probability: Floats32  # [papers, areas]
    pool_similarity: Floats32  # cosines [papers, areas]
    labelled_similarity: Floats32  # cosines [labelled papers, areas], each without the paper itself
    members: tuple[npt.NDArray[np.intp], ...]  # the labelled papers whose titles an area's prototype has


def fit_prototypes(embedded: Embedded, labels: Labels) -> PrototypeScores:
    """Prototypes from labels int8 [labelled papers, areas] (-1: not known), calibrated on the same labels left out.

    Similarities are z-scored per area over the pool and then over the areas of a paper, as for zero-shot; one slope
    and one offset for all areas turn them into probabilities (Platt, 1999).
    """
    members = tuple(np.flatnonzero(labels[:, area] == 1)[:MOST_TITLES] for area in range(labels.shape[1]))
    sums = np.stack([embedded.areas[area] + embedded.titles[rows].sum(axis=0) for area, rows in enumerate(members)])
    prototypes = np.stack([mean_direction(row[None]) for row in sums])
    pool = embedded.pool @ prototypes.T
    mean, spread = pool.mean(axis=0), pool.std(axis=0) + 1e-6
    labelled = embedded.labelled @ prototypes.T
    by_area = (labelled - mean) / spread
    for area, rows in enumerate(members):
        for row in rows:
            alone = mean_direction((sums[area] - embedded.titles[row])[None])
            over_pool = embedded.pool @ alone
            labelled[row, area] = embedded.labelled[row] @ alone
            by_area[row, area] = (labelled[row, area] - over_pool.mean()) / (over_pool.std() + 1e-6)
    slope, offset = _calibration(_over_areas(by_area), labels)
    probability = expit(slope * _over_areas((pool - mean) / spread) + offset)
    return PrototypeScores(probability.astype(np.float32), pool, labelled, members)


def similarity_scores(papers: Floats32, areas: Floats32, pool: Floats32) -> Floats32:
    """Zero-shot z-scores float32 [papers, areas] from embeddings, as `training.votes.zero_shot` has them."""
    over_pool = pool @ areas.T
    return _over_areas((papers @ areas.T - over_pool.mean(axis=0)) / (over_pool.std(axis=0) + 1e-6))


def _over_areas(by_area: Floats32) -> Floats32:
    spread = by_area.std(axis=1, keepdims=True) + 1e-6
    return np.asarray((by_area - by_area.mean(axis=1, keepdims=True)) / spread, dtype=np.float32)


def _calibration(scores: Floats32, labels: Labels) -> tuple[float, float]:
    known = labels >= 0
    truth = labels[known] == 1
    if min(truth.sum(), (~truth).sum()) < _FEW_POSITIVES:
        return _ASSUMED
    model = LogisticRegression(C=100.0).fit(scores[known][:, None], truth)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
