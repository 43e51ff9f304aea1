"""Fits the label model on a labelled sample; shrinkage strengths are chosen by cross-validated log-loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from training.label_model.model import (
    Floats,
    Floats32,
    Ints,
    LabelModel,
    SourceTable,
    Strengths,
    cross_evidence,
    group_by_source,
    own_evidence,
    sigmoid,
)
from training.label_model.vote_rates import (
    CrossCounts,
    SourceCounts,
    count_cross,
    count_states,
    cross_table,
    declared_precision,
    priors,
    source_table,
)
from training.votes.vote_matrix import LabellingFunction, Labels, Votes

N_FOLDS = 5
AREAS_PER_PAPER = 2.0  # assumed where nothing is labelled
UNLEARNED_WEIGHT = 0.7  # weight of a source where nothing is labelled: sources repeat each other a little

GRID: dict[str, tuple[float, ...]] = {
    "own": (1, 3, 10, 30, 100),
    "transfer": (0.0, 0.5, 1.0),
    "cross": (1, 3, 10, 30, 100),
    "rho": (0.0, 0.1, 0.3, 1.0),
    "ridge": (1, 10, 100, 1000, 10000),
}


@dataclass(frozen=True, slots=True)
class _Sample:
    """A labelled sample with everything counted once, per fold."""

    votes: Votes
    labels: Labels
    functions: tuple[LabellingFunction, ...]
    folds: Ints  # [n]
    prior: Floats
    related: npt.NDArray[np.bool_]  # [areas, areas], areas of one field
    sources: tuple[SourceCounts, ...]
    precision: Floats  # [m]
    cross: CrossCounts


def fit_label_model(
    votes: Votes,
    labels: Labels,
    functions: Sequence[LabellingFunction],
    *,
    fields: Sequence[int] | None = None,
    strengths: Strengths | None = None,
    seed: int = 0,
) -> LabelModel:
    """Fit on votes int8 [m, n, areas] and labels int8 [n, areas] (1 applies, 0 does not, -1 not known).

    `fields` gives the field number of every area; areas of one field share evidence more. `strengths` skips
    the choice by cross-validation. Where no label is known at all, the functions' declared precisions stand
    in for rates.

    Raises ValueError when the shapes of votes, labels and functions do not agree.
    """
    if votes.ndim != 3 or votes.shape[0] != len(functions) or votes.shape[1:] != labels.shape:
        raise ValueError(f"votes {votes.shape}, labels {labels.shape} and {len(functions)} functions do not agree")
    sample = _count(votes, labels, tuple(functions), fields, seed)
    if not (labels >= 0).any():
        chosen = strengths or Strengths()
        weights = np.array([0.0, 1.0, *[UNLEARNED_WEIGHT] * len(sample.sources), 0.0, 0.0])
        return _assemble(sample, chosen, weights)
    design = _Design(sample)
    chosen = strengths or _choose_strengths(design)
    return _assemble(sample, chosen, fit_weights(design.features(chosen), design.truth, chosen.ridge))


def cross_fitted_proba(
    votes: Votes,
    labels: Labels,
    functions: Sequence[LabellingFunction],
    *,
    fields: Sequence[int] | None = None,
    strengths: Strengths | None = None,
    seed: int = 0,
) -> Floats32:
    """Probabilities of the labelled sample itself, float32 [n, areas], each paper by a model fitted without it."""
    folds = np.random.default_rng(seed).permutation(len(labels)) % N_FOLDS
    result = np.zeros(labels.shape, np.float32)
    for fold in range(N_FOLDS):
        rest, held = folds != fold, folds == fold
        model = fit_label_model(votes[:, rest], labels[rest], functions, fields=fields, strengths=strengths, seed=seed)
        result[held] = model.predict_proba(votes[:, held])
    return result


def _count(
    votes: Votes,
    labels: Labels,
    functions: tuple[LabellingFunction, ...],
    fields: Sequence[int] | None,
    seed: int,
) -> _Sample:
    folds = (np.random.default_rng(seed).permutation(len(labels)) % N_FOLDS).astype(np.int64)
    sources = tuple(
        count_states(name, rows, votes, labels, folds, N_FOLDS) for name, rows in group_by_source(functions).items()
    )
    field = np.arange(labels.shape[1]) if fields is None else np.asarray(fields)
    return _Sample(
        votes,
        labels,
        functions,
        folds,
        priors(labels, AREAS_PER_PAPER),
        field[:, None] == field[None, :],
        sources,
        declared_precision(sources, functions),
        count_cross(votes, labels, folds, N_FOLDS),
    )


class _Design:
    """Cross-fitted evidence of the known pairs; what several strengths share is computed once."""

    def __init__(self, sample: _Sample) -> None:
        self._sample = sample
        self._held = [sample.folds == fold for fold in range(N_FOLDS)]
        self._known = [sample.labels[held] >= 0 for held in self._held]
        self.truth = np.concatenate([sample.labels[held] for held in self._held])[np.concatenate(self._known)] == 1
        self._own: tuple[tuple[float, float], Floats32] | None = None
        self._cross: tuple[tuple[float, float], Floats32] | None = None

    def features(self, strengths: Strengths) -> Floats32:
        """Evidence float32 [pairs, weights of the label model]."""
        own_key, cross_key = (strengths.own, strengths.transfer), (strengths.cross, strengths.rho)
        if self._own is None or self._own[0] != own_key:
            self._own = (own_key, self._own_features(strengths))
        if self._cross is None or self._cross[0] != cross_key:
            self._cross = (cross_key, self._cross_features(strengths))
        return np.hstack([self._own[1], self._cross[1]])

    def _own_features(self, strengths: Strengths) -> Floats32:
        blocks = []
        for fold, (held, known) in enumerate(zip(self._held, self._known, strict=True)):
            tables = _source_tables(self._sample, strengths, np.arange(N_FOLDS) != fold)
            terms = own_evidence(self._sample.votes[:, held], self._sample.prior, tables)
            blocks.append(np.stack([term[known] for term in terms], axis=1))
        return np.concatenate(blocks)

    def _cross_features(self, strengths: Strengths) -> Floats32:
        blocks = []
        for fold, (held, known) in enumerate(zip(self._held, self._known, strict=True)):
            cross = _cross_table(self._sample, strengths, np.arange(N_FOLDS) != fold)
            blocks.append(cross_evidence(self._sample.votes[:, held], cross, strengths.rho)[known])
        return np.concatenate(blocks)[:, None]


def _source_tables(sample: _Sample, strengths: Strengths, used: npt.NDArray[np.bool_]) -> tuple[SourceTable, ...]:
    """The sources' shifts from the folds in `used`."""
    return tuple(
        source_table(counts, used, sample.prior, sample.precision[list(counts.rows)], strengths)
        for counts in sample.sources
    )


def _cross_table(sample: _Sample, strengths: Strengths, used: npt.NDArray[np.bool_]) -> Floats32:
    return cross_table(sample.cross, used, sample.prior, sample.related, strengths.cross)


def _assemble(sample: _Sample, strengths: Strengths, weights: Floats) -> LabelModel:
    every = np.ones(N_FOLDS, dtype=bool)
    tables, cross = _source_tables(sample, strengths, every), _cross_table(sample, strengths, every)
    return LabelModel(sample.functions, sample.prior, tables, cross, strengths, weights)


def _choose_strengths(design: _Design) -> Strengths:
    """Strengths with the least cross-validated log-loss, one after the other from `GRID`."""
    best = Strengths()
    for name, values in GRID.items():
        losses = {value: _loss(design, replace(best, **{name: value})) for value in values}
        best = replace(best, **{name: min(losses, key=losses.__getitem__)})
    return best


def _loss(design: _Design, strengths: Strengths) -> float:
    """Log-loss of cross-fitted shifts, with weights that are cross-fitted too."""
    features, truth = design.features(strengths), design.truth
    halves = np.random.default_rng(0).random(len(truth)) < 0.5
    losses = []
    for part in (halves, ~halves):
        weights = fit_weights(features[part], truth[part], strengths.ridge)
        log_odds = features[~part] @ weights
        losses.append(np.logaddexp(0, np.where(truth[~part], -log_odds, log_odds)).sum())
    return float(np.sum(losses) / len(truth))


def fit_weights(features: Floats32, truth: npt.NDArray[np.bool_], ridge: float) -> Floats:
    """Non-negative weights by logistic regression, those of the sources pulled to their mean by `ridge`.

    `features` float32 [pairs, sources + 4] as in `LabelModel.weights`; the bias alone may be negative.
    """
    n_features = features.shape[1]
    sources = slice(2, n_features - 2)
    target = truth.astype(np.float32)

    def loss(weights: Floats) -> tuple[float, Floats]:
        log_odds = features @ weights.astype(np.float32)
        spread = weights[sources] - weights[sources].mean()
        value = np.logaddexp(0, np.where(truth, -log_odds, log_odds)).sum(dtype=np.float64)
        gradient = (features.T @ (sigmoid(log_odds) - target)).astype(np.float64)
        gradient[sources] += 2 * ridge * spread
        return float(value + ridge * (spread**2).sum()), gradient

    start = np.concatenate([[0.0, 1.0], np.full(n_features - 4, UNLEARNED_WEIGHT), [0.3, 0.3]])
    bounds = [(None, None)] + [(0.0, None)] * (n_features - 1)
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200})
    return np.asarray(fitted.x, dtype=np.float64)
