"""Votes of labelling functions: what a function is, what a source of several functions is, and the vote matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from data.papers import Paper

Votes = npt.NDArray[np.int8]
Labels = npt.NDArray[np.int8]
"""[papers, areas]: 1 applies, 0 does not, -1 not known."""
Numbers = npt.NDArray[np.intp]

FOR, AGAINST, ABSTAIN = 1, -1, 0
UNKNOWN = -1
"""What `Labels` say of an area of which nothing is known."""


@dataclass(frozen=True, slots=True)
class LabellingFunction:
    """One labelling function, a row of the vote matrix.

    `source` groups functions that look at the same evidence (the levels of one similarity, the places of one
    phrase): the label model takes the votes of a source jointly, so that they are not counted as independent
    witnesses. `expected` is the precision of a vote for an area that is assumed where no labelled sample says
    otherwise.
    """

    name: str
    source: str
    expected: float = 0.6


def labels_from_targets(targets: npt.NDArray[np.float32]) -> Labels:
    """Targets float32 [papers, areas] of labelled papers (`data.label_matrix`: 1, 0, NaN) as `Labels`."""
    return np.where(np.isnan(targets), UNKNOWN, targets).astype(np.int8)


def labels_after(votes: Votes, labels: Labels) -> Labels:
    """Labels int8 [papers, areas] once the votes int8 [papers, areas] of a recorded source overrule them."""
    return np.where(votes == ABSTAIN, labels, votes == FOR).astype(np.int8)


def no_labels(papers: int, areas: int) -> Labels:
    """Labels int8 [papers, areas] of which none is known."""
    return np.full((papers, areas), UNKNOWN, np.int8)


class VoteSource(Protocol):
    """A source of votes: one or more labelling functions that are evaluated together."""

    @property
    def functions(self) -> tuple[LabellingFunction, ...]:
        """The functions, in the order of the rows that `vote` returns."""

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """Return votes, int8 [functions, papers, areas]: 1 for, -1 against, 0 abstain."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The smallest thing behind a vote for an area that a curator can edit: a phrase, a category, a function."""

    area: int
    """Column of the area that it speaks for."""
    kind: str
    """What it is, such as "core phrase"; rules of one kind are compared with each other."""
    text: str


@runtime_checkable
class RuleSource(VoteSource, Protocol):
    """A source whose votes for an area come from rules."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, also those that no paper meets."""

    def fired(self, papers: Sequence[Paper], votes: Votes) -> tuple[Numbers, Numbers]:
        """Which rules had a part in the votes int8 [functions, papers, areas] that `vote` gave these papers.

        Returns the numbers of the papers and, beside them, of the rules: a pair of int [times fired].
        """


@dataclass(frozen=True, slots=True)
class VoteMatrix:
    """The votes of m functions on n papers and their areas."""

    paper_ids: tuple[str, ...]
    functions: tuple[LabellingFunction, ...]
    votes: Votes  # [m, n, areas]

    def __post_init__(self) -> None:
        expected = (len(self.functions), len(self.paper_ids))
        if self.votes.ndim != 3 or self.votes.shape[:2] != expected:
            raise ValueError(f"votes have shape {self.votes.shape}, expected {(*expected, 'areas')}")

    @property
    def names(self) -> tuple[str, ...]:
        """Function names, in row order."""
        return tuple(function.name for function in self.functions)

    @property
    def covered(self) -> npt.NDArray[np.bool_]:
        """Pairs with at least one vote, bool [n, areas]."""
        return np.asarray((self.votes != ABSTAIN).any(axis=0))

    def rows(self, index: npt.NDArray[np.intp]) -> VoteMatrix:
        """The same functions on the papers at `index`."""
        return VoteMatrix(tuple(self.paper_ids[i] for i in index), self.functions, self.votes[:, index])
