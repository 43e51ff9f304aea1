"""Beta-shrunk rates of labelling functions, as shifts of an area's log-odds.

Counts come from a labelled sample and are kept per fold, so that the shifts for a fold can be made from the
others. Sparse cells borrow strength in three steps: a (state, area) cell from its state's votes for the
*other* areas, a state from the single functions in it, a function from its declared precision, moved by how
precise all functions turned out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.label_model.model import (
    MAX_SHIFT,
    Floats,
    Floats32,
    Ints,
    SourceTable,
    Strengths,
    logit,
    sigmoid,
    state_codes,
    strongest,
)
from training.votes.vote_matrix import FOR, LabellingFunction, Labels, Votes

PRIOR_STRENGTH = 5.0  # pseudo-papers of the mean prevalence in every area's prior
MOST_ASSUMED = 0.1  # prevalence assumed at most; a vote in a small taxonomy would otherwise lower the odds
ROOT_STRENGTH = 5.0  # pseudo-votes of what is assumed of a function before any label is seen
REJECTED = 0.1  # a vote against is assumed to leave a tenth of the prior, before any label is seen


def priors(labels: Labels, areas_per_paper: float) -> Floats:
    """Prevalence of every area, shrunk to the mean prevalence, [areas].

    `areas_per_paper` is assumed where nothing is labelled.
    """
    known, positive = (labels >= 0).sum(axis=0), (labels == 1).sum(axis=0)
    assumed = min(areas_per_paper / labels.shape[1], MOST_ASSUMED)
    mean = (positive.sum() + assumed) / (known.sum() + 1)
    return np.asarray((positive + PRIOR_STRENGTH * mean) / (known + PRIOR_STRENGTH))


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """How often every joint vote of one source met a paper with known label, and how often the area applied."""

    name: str
    rows: tuple[int, ...]
    codes: Ints  # [states]
    totals: Floats  # [folds, states, areas]
    positives: Floats  # [folds, states, areas]


def count_states(
    name: str, rows: tuple[int, ...], votes: Votes, labels: Labels, folds: Ints, n_folds: int
) -> SourceCounts:
    """Count the joint votes of a source. `votes` [m, n, areas], `labels` [n, areas], `folds` [n]."""
    codes, states = np.unique(state_codes(votes[list(rows)]), return_inverse=True)
    n_areas = labels.shape[1]
    shape = (n_folds, len(codes), n_areas)
    cell = (folds[:, None] * len(codes) + states.reshape(labels.shape)) * n_areas + np.arange(n_areas)
    totals = np.bincount(cell[labels >= 0], minlength=int(np.prod(shape))).reshape(shape)
    positives = np.bincount(cell[labels == 1], minlength=int(np.prod(shape))).reshape(shape)
    return SourceCounts(name, rows, codes, totals.astype(float), positives.astype(float))


def declared_precision(counts: Sequence[SourceCounts], functions: Sequence[LabellingFunction]) -> Floats:
    """What is assumed of every function's votes for an area, [m]: declared, moved by the sample's mean precision."""
    declared = np.array([function.expected for function in functions])
    total, positive = 0.0, 0.0
    for source in counts:
        digits = _digits(source.codes, len(source.rows))
        for position in range(len(source.rows)):
            fired = digits[:, position] == FOR
            total += source.totals[:, fired].sum()
            positive += source.positives[:, fired].sum()
    mean = declared.mean()
    observed = (positive + ROOT_STRENGTH * mean) / (total + ROOT_STRENGTH)
    moved = logit(declared) + logit(np.array(observed)) - logit(np.array(mean))
    return np.asarray(sigmoid(moved), dtype=np.float64)


def _digits(codes: Ints, n_functions: int) -> Votes:
    """Votes of the single functions in every state, int8 [states, functions]."""
    powers = 3 ** np.arange(n_functions - 1, -1, -1)
    return np.asarray(codes[:, None] // powers % 3 - 1, dtype=np.int8)


def source_table(
    counts: SourceCounts, used: npt.NDArray[np.bool_], prior: Floats, precision: Floats, strengths: Strengths
) -> SourceTable:
    """Shifts of one source from the counts of the folds in `used` [folds].

    `prior` [areas]; `precision` [functions of this source] as `declared_precision`.
    """
    totals, positives = counts.totals[used].sum(axis=0), counts.positives[used].sum(axis=0)  # [states, areas]
    digits = _digits(counts.codes, len(counts.rows))
    singles = _single_shifts(digits, totals, positives, prior, precision)  # [3, functions]
    root = strongest(singles[digits, np.arange(digits.shape[1])].T)  # [states]

    # Pooled over all areas but the cell's own, so that a function of one area does not shrink to itself.
    others_total = totals.sum(axis=1, keepdims=True) - totals
    others_positive = positives.sum(axis=1, keepdims=True) - positives
    expected = totals @ prior
    others_prior = np.where(
        others_total > 0,
        (expected[:, None] - totals * prior) / np.maximum(others_total, 1),
        prior.mean(),
    )
    start = sigmoid(logit(others_prior) + root[:, None])
    pooled = (others_positive + ROOT_STRENGTH * start) / (others_total + ROOT_STRENGTH)
    target = sigmoid(logit(pooled) + strengths.transfer * (logit(prior) - logit(others_prior)))
    cell = (positives + strengths.own * target) / (totals + strengths.own)
    shifts = np.clip(logit(cell) - logit(prior), -MAX_SHIFT, MAX_SHIFT)
    with_unseen = np.vstack([shifts, np.zeros_like(prior)]).astype(np.float32)
    return SourceTable(counts.name, counts.rows, counts.codes, with_unseen, singles.astype(np.float32))


def _single_shifts(digits: Votes, totals: Floats, positives: Floats, prior: Floats, precision: Floats) -> Floats:
    """Pooled shift of one function's vote, [3, functions], indexed by the vote itself (0, 1, -1)."""
    shifts = np.zeros((3, digits.shape[1]))
    for vote in (1, -1):
        for position in range(digits.shape[1]):
            chosen = digits[:, position] == vote
            total, positive = totals[chosen].sum(), positives[chosen].sum()
            base = float((totals[chosen] @ prior).sum() / total) if total else float(prior.mean())
            assumed = precision[position] if vote == 1 else REJECTED * base
            rate = (positive + ROOT_STRENGTH * assumed) / (total + ROOT_STRENGTH)
            shifts[vote, position] = float(logit(np.array(rate)) - logit(np.array(base)))
    return np.clip(shifts, -MAX_SHIFT, MAX_SHIFT)


@dataclass(frozen=True, slots=True)
class CrossCounts:
    """How often a vote for one area met papers of another."""

    fired: Floats  # [folds, m, areas voted for]
    met: Floats  # [folds, m, areas voted for, areas]


def count_cross(votes: Votes, labels: Labels, folds: Ints, n_folds: int) -> CrossCounts:
    """Count votes for an area against the labels of all areas (papers with any unknown label are left out)."""
    whole = (labels >= 0).all(axis=1)
    shape = (n_folds, votes.shape[0], labels.shape[1])
    fired, met = np.zeros(shape), np.zeros((*shape, labels.shape[1]), np.float32)
    for fold in range(n_folds):
        chosen = whole & (folds == fold)
        truth = (labels[chosen] == 1).astype(np.float32)
        for row in range(votes.shape[0]):
            hits = (votes[row, chosen] == FOR).astype(np.float32)
            fired[fold, row] = hits.sum(axis=0)
            met[fold, row] = hits.T @ truth
    return CrossCounts(fired, met.astype(float))


def cross_table(
    counts: CrossCounts,
    used: npt.NDArray[np.bool_],
    prior: Floats,
    related: npt.NDArray[np.bool_],
    strength: float,
) -> Floats32:
    """Shift of an area by a vote of every function for another area, float32 [m, areas voted for, areas].

    A cell shrinks to the table pooled over functions, that to what votes for another area mean on the
    average, taken apart for areas of the same field (`related` bool [areas, areas]) and of different ones.
    """
    fired, met = counts.fired[used].sum(axis=0), counts.met[used].sum(axis=0)  # [m, areas], [m, areas, areas]
    fired_by_all, met_by_all = fired.sum(axis=0), met.sum(axis=0)  # [areas], [areas, areas]
    expected = fired_by_all[:, None] * prior
    other = ~np.eye(len(prior), dtype=bool)
    ratio = np.ones_like(expected)
    for same in (True, False):
        chosen = other & (related == same)
        ratio[chosen] = (met_by_all[chosen].sum() + 1) / (expected[chosen].sum() + 1)
    start = np.clip(prior * ratio, 0, 0.9)
    pooled = (met_by_all + strength * start) / (fired_by_all[:, None] + strength)
    cell = (met + strength * pooled) / (fired[:, :, None] + strength)
    shifts = np.clip(logit(cell) - logit(prior), -MAX_SHIFT, MAX_SHIFT)
    return (shifts * other).astype(np.float32)
