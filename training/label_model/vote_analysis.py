"""What labelling functions do: coverage, overlap, conflict and precision, after snorkel's LFAnalysis.

A pair is a paper and an area. All shares are of pairs, except `papers`, so that they can be compared between
functions and added up over chunks of papers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.label_model.model import Floats
from training.votes.vote_matrix import AGAINST, FOR, LabellingFunction, Labels, Votes


@dataclass(frozen=True, slots=True)
class FunctionSummary:
    """One function over all papers and areas, or over one area."""

    name: str
    papers: float
    """Share of the papers on which it votes at all."""
    coverage: float
    """Share of the pairs on which it votes."""
    overlap: float
    """Share of the pairs on which it and another function vote."""
    conflict: float
    """Share of the pairs on which it votes and another function votes the opposite."""
    votes_for: int
    votes_against: int
    precision_for: float
    """Share of its votes for an area, on pairs with a known label, that are right; NaN when there are none.
    """
    precision_against: float
    """The same of its votes against."""
    recall: float
    """Share of the pairs known to apply that it votes for; NaN when there are none."""


class VoteCounts:
    """Counts from which the analysis is made; `add` takes the papers chunk by chunk."""

    def __init__(self, functions: Sequence[LabellingFunction], n_areas: int) -> None:
        shape = (len(functions), n_areas)
        self.functions = tuple(functions)
        self.n_papers = 0
        self.touched = np.zeros(shape[0], np.int64)  # papers with a vote
        self.overlap, self.conflict = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self.votes_for, self.votes_against = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        # On pairs with a known label: votes, and those of them that are right.
        self.known_for, self.right_for = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self.known_against, self.right_against = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self.positives = np.zeros(shape, np.int64)  # pairs known to apply, of the functions that are measured

    def add(self, votes: Votes, labels: Labels | None = None, measured: int | None = None) -> None:
        """Count votes int8 [m, n, areas] and, where given, labels int8 [n, areas] (1, 0, -1 not known).

        Only the first `measured` functions (None: all) are compared with the labels; one that made them cannot be.
        """
        self.n_papers += votes.shape[1]
        voting = (votes != 0).sum(axis=0)  # [n, areas]
        any_for, any_against = (votes == FOR).any(axis=0), (votes == AGAINST).any(axis=0)
        for row, vote in enumerate(votes):
            is_for, is_against = vote == FOR, vote == AGAINST
            voted = is_for | is_against
            self.touched[row] += voted.any(axis=1).sum()
            self.overlap[row] += (voted & (voting > 1)).sum(axis=0)
            self.conflict[row] += ((is_for & any_against) | (is_against & any_for)).sum(axis=0)
            self.votes_for[row] += is_for.sum(axis=0)
            self.votes_against[row] += is_against.sum(axis=0)
            if labels is not None and (measured is None or row < measured):
                self.known_for[row] += (is_for & (labels >= 0)).sum(axis=0)
                self.right_for[row] += (is_for & (labels == 1)).sum(axis=0)
                self.known_against[row] += (is_against & (labels >= 0)).sum(axis=0)
                self.right_against[row] += (is_against & (labels == 0)).sum(axis=0)
                self.positives[row] += (labels == 1).sum(axis=0)

    def by_function(self) -> tuple[FunctionSummary, ...]:
        """A summary of every function over all areas."""
        columns = np.arange(self.positives.shape[1])
        return tuple(self._summary(row, columns) for row in range(len(self.functions)))

    def by_area(self, area: int) -> tuple[FunctionSummary, ...]:
        """A summary of every function over one area."""
        return tuple(self._summary(row, np.array([area])) for row in range(len(self.functions)))

    def _summary(self, row: int, areas: npt.NDArray[np.intp]) -> FunctionSummary:
        def total(counts: npt.NDArray[np.int64]) -> int:
            return int(counts[row, areas].sum())

        pairs = self.n_papers * len(areas)
        voted = total(self.votes_for) + total(self.votes_against)
        papers = int(self.touched[row]) if len(areas) == self.positives.shape[1] else voted
        return FunctionSummary(
            name=self.functions[row].name,
            papers=_share(papers, self.n_papers),
            coverage=_share(voted, pairs),
            overlap=_share(total(self.overlap), pairs),
            conflict=_share(total(self.conflict), pairs),
            votes_for=total(self.votes_for),
            votes_against=total(self.votes_against),
            precision_for=_share(total(self.right_for), total(self.known_for)),
            precision_against=_share(total(self.right_against), total(self.known_against)),
            recall=_share(total(self.right_for), total(self.positives)),
        )


def agreement(votes: Votes) -> Floats:
    """Share of the pairs both functions vote on in which they agree, float64 [m, m]; NaN where they never meet."""
    signs = votes.reshape(len(votes), -1).astype(np.float32)
    voted = np.abs(signs)
    both = (voted @ voted.T).astype(np.float64)
    same = (both + signs @ signs.T) / 2
    return np.where(both > 0, same / np.maximum(both, 1), np.nan)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
