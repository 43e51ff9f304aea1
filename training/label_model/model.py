"""The label model: turns the votes of labelling functions into one probability per paper and area.

Per area, log-odds are added up in the manner of naive Bayes:

    logit p(area | votes) = bias + w_prior * logit prior
                            + sum over sources that vote:     w_source * shift(its votes for this area)
                            + sum over sources that say nothing:  w_silence * shift(silence on this area)
                            + w_cross * shift(votes for other areas)

A shift is the logit of a Beta-shrunk precision less the logit of the area's prior. The votes of one source
are taken jointly (a *state*), so its correlated functions are counted once; what correlation is left between
sources is taken off by the weights, which are learned from cross-fitted shifts. Votes for other areas are
discounted by their effective number, `sum / (1 + (count - 1) * rho)` (Kish's design effect).
`training/label_model/fit_label_model.py` estimates all of this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.votes.vote_matrix import FOR, LabellingFunction, Votes

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

MAX_SHIFT = 8.0  # no single source moves an area by more than this many logits
CHUNK = 4096  # papers at a time in `predict_proba`


def logit(probability: Floats) -> Floats:
    """Log-odds; probabilities are kept away from 0 and 1 by 1e-6."""
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p) - np.log1p(-p))


def sigmoid(log_odds: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """The inverse of `logit`."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * log_odds)))


@dataclass(frozen=True, slots=True)
class Strengths:
    """How much the estimates are shrunk; chosen by cross-validated log-loss."""

    own: float = 10.0
    """Pseudo-votes of a source's overall precision in every (state, area) cell."""
    transfer: float = 0.5
    """What an area borrows from others: 0 the precision itself, 1 the shift from the prior."""
    cross: float = 30.0
    """Pseudo-votes of the pooled table in every cell of evidence from other areas."""
    rho: float = 0.2
    """Assumed correlation between votes for other areas, 0 (independent) to 1 (one vote in all)."""
    ridge: float = 100.0
    """How hard the weights of the sources are pulled to a common weight."""


@dataclass(frozen=True, slots=True)
class SourceTable:
    """Evidence of one source: its functions' rows, the codes of their joint votes, a shift per code and area."""

    name: str
    rows: tuple[int, ...]
    codes: Ints  # [states], sorted
    shifts: Floats32  # [states + 1, areas]; the last row is for joint votes that were never seen
    singles: Floats32  # [3, functions of the source]: pooled shift of a single vote (abstain, for, against)

    def own_shifts(self, votes: Votes) -> tuple[Floats32, Floats32]:
        """Shift of every paper and area by the source's votes, and by its silence, two of float32 [n, areas]."""
        joint = state_codes(votes[list(self.rows)])
        position = np.minimum(np.searchsorted(self.codes, joint), len(self.codes) - 1)
        known = self.codes[position] == joint
        areas = np.arange(votes.shape[2])
        shifts = self.shifts[np.where(known, position, len(self.codes)), areas]
        if not known.all():
            shifts[~known] = self._unseen(votes[list(self.rows)][:, ~known])
        silent = joint == silent_code(len(self.rows))
        return np.where(silent, np.float32(0), shifts), np.where(silent, shifts, np.float32(0))

    def _unseen(self, votes: Votes) -> Floats32:
        """Shifts of joint votes that the sample does not have, votes [functions, pairs] to float32 [pairs]."""
        return strongest(self.singles[votes, np.arange(len(votes))[:, None]])


def strongest(shifts: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """The shift furthest from 0 on the first axis: levels of a source are nested, the highest tells most."""
    return np.asarray(np.take_along_axis(shifts, np.abs(shifts).argmax(axis=0)[None], axis=0)[0])


def state_codes(votes: Votes) -> Ints:
    """Joint votes of a source's functions [m, n, areas] as one number per pair, int64 [n, areas]."""
    codes = np.zeros(votes.shape[1:], np.int64)
    for row in votes:
        codes = codes * 3 + (row + 1)
    return codes


def silent_code(n_functions: int) -> int:
    """The joint vote of a source whose functions all abstain."""
    return int((3**n_functions - 1) // 2)


@dataclass(frozen=True, slots=True)
class LabelModel:
    """A fitted label model. `functions` must be the rows, in order, of every vote matrix it is asked about."""

    functions: tuple[LabellingFunction, ...]
    prior: Floats  # [areas]
    tables: tuple[SourceTable, ...]
    cross: Floats32  # [m, areas voted for, areas]; shift of the last by a vote for the first
    strengths: Strengths
    weights: Floats  # [tables + 4]: bias, prior, sources, silence, other areas

    def predict_proba(self, votes: Votes) -> Floats32:
        """Probability that the area applies, float32 [n, areas], from votes int8 [m, n, areas]."""
        self._check(votes)
        chunks = [
            sigmoid(self._log_odds(votes[:, start : start + CHUNK])).astype(np.float32)
            for start in range(0, votes.shape[1], CHUNK)
        ]
        return np.concatenate(chunks) if chunks else np.zeros((0, len(self.prior)), np.float32)

    def _log_odds(self, votes: Votes) -> Floats32:
        total = np.zeros(votes.shape[1:], np.float32)
        for weight, feature in zip(self.weights, own_evidence(votes, self.prior, self.tables), strict=False):
            total += np.float32(weight) * feature
        return total + np.float32(self.weights[-1]) * cross_evidence(votes, self.cross, self.strengths.rho)

    def _check(self, votes: Votes) -> None:
        if votes.ndim != 3 or (votes.shape[0], votes.shape[2]) != (len(self.functions), len(self.prior)):
            raise ValueError(
                f"votes have shape {votes.shape}, expected ({len(self.functions)}, papers, {len(self.prior)})"
            )


def own_evidence(votes: Votes, prior: Floats, tables: Sequence[SourceTable]) -> Iterator[Floats32]:
    """The first terms that `LabelModel.weights` weigh, all but other areas', each float32 [n, areas]."""
    yield np.ones(votes.shape[1:], np.float32)
    yield np.broadcast_to(logit(prior).astype(np.float32), votes.shape[1:])
    silence = np.zeros(votes.shape[1:], np.float32)
    for table in tables:
        spoken, silent = table.own_shifts(votes)
        silence += silent
        yield spoken
    yield silence


def cross_evidence(votes: Votes, cross: Floats32, rho: float) -> Floats32:
    """Log-odds that votes for other areas add, discounted by their effective number, float32 [n, areas].

    `votes` int8 [m, n, areas]; `cross` [m, areas voted for, areas] with a zero diagonal.
    """
    total = np.zeros(votes.shape[1:], np.float32)
    count = np.zeros(votes.shape[1:], np.float32)
    for row, table in zip(votes, cross, strict=True):
        fired = (row == FOR).astype(np.float32)
        total += fired @ table
        count += fired.sum(axis=1, keepdims=True) - fired  # votes for areas other than the column's own
    return np.asarray(total / (1 + np.maximum(count - 1, 0) * np.float32(rho)))


def group_by_source(functions: Sequence[LabellingFunction]) -> dict[str, tuple[int, ...]]:
    """Rows of every source, in order of first appearance."""
    groups: dict[str, list[int]] = {}
    for row, function in enumerate(functions):
        groups.setdefault(function.source, []).append(row)
    return {name: tuple(rows) for name, rows in groups.items()}
