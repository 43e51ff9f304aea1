"""Where sources contradict each other: how often, in which areas, who is right, and on which papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.papers import Paper
from training.label_model.model import Floats, Floats32, group_by_source
from training.vote_report.estimates import share
from training.votes.vote_matrix import AGAINST, FOR, LabellingFunction, Labels, Votes

EXAMPLES = 2  # papers kept for every pair of sources and area


def stances(votes: Votes, rows: Sequence[Sequence[int]], trusted: npt.NDArray[np.bool_]) -> Votes:
    """What every source as a whole says, int8 [sources, n, areas], from votes int8 [m, n, areas].

    A source is for an area when one of its functions (`rows`) is that is `trusted` bool [m], otherwise against it when
    one is.
    """
    said = np.zeros((len(rows), *votes.shape[1:]), np.int8)
    for number, of_source in enumerate(rows):
        for row in of_source:
            said[number][(votes[row] == AGAINST) & (said[number] == 0)] = AGAINST
            if trusted[row]:
                said[number][votes[row] == FOR] = FOR
    return said


@dataclass(frozen=True, slots=True)
class ConflictExample:
    """A paper on which two sources disagree about an area."""

    paper: Paper
    voted_for: tuple[str, ...]
    """Functions, of any source, that voted for the area."""
    voted_against: tuple[str, ...]
    probability: float
    """The soft label."""
    label: int
    """What recorded votes say: 1 applies, 0 does not, -1 nothing."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One source votes for an area where another votes against it."""

    voting_for: str
    voting_against: str
    area: int
    papers: int
    known: int
    """Papers among them whose label is known."""
    applies: int
    """Those of these that have the area: the source that votes for it is right."""
    examples: tuple[ConflictExample, ...]


class Conflicts:
    """Counts of disagreements between sources; `add` takes the papers chunk by chunk."""

    def __init__(self, functions: Sequence[LabellingFunction], n_areas: int) -> None:
        self._functions = tuple(function.name for function in functions)
        self.sources = tuple(group_by_source(functions))
        size = len(self.sources)
        self.meeting = np.zeros((size, size), np.int64)  # pairs of paper and area on which both speak
        self._papers, self._known, self._applies = np.zeros((3, size, size, n_areas), np.int64)
        self._examples: dict[tuple[int, int, int], list[ConflictExample]] = {}

    def add(self, papers: Sequence[Paper], said: Votes, votes: Votes, labels: Labels, probabilities: Floats32) -> None:
        """Count what the sources said, int8 [sources, n, areas]; the other arrays are as for `Analysis.add`."""
        speaks = said != 0
        for first in range(len(said)):
            for second in range(len(said)):
                if first == second:
                    continue
                self.meeting[first, second] += int((speaks[first] & speaks[second]).sum())
                against = (said[first] == FOR) & (said[second] == AGAINST)
                self._papers[first, second] += against.sum(axis=0)
                self._known[first, second] += (against & (labels >= 0)).sum(axis=0)
                self._applies[first, second] += (against & (labels == 1)).sum(axis=0)
                for is_known in (True, False):  # papers with a known label show who is right
                    for number, area in _first_of_each_area(against & ((labels >= 0) == is_known)):
                        self._keep(
                            (first, second, area),
                            papers[number],
                            votes[:, number, area],
                            labels[number, area],
                            probabilities[number, area],
                        )

    def disagreement(self) -> Floats:
        """Share of the pairs both sources speak on in which they disagree, [sources, sources]; NaN where none is."""
        apart = self._papers.sum(axis=2)
        return share(apart + apart.T, self.meeting)

    def most_frequent(self, most: int) -> tuple[Conflict, ...]:
        """The conflicts on most papers, largest first, each pair of sources and area by itself."""
        order = np.argsort(-self._papers, axis=None, kind="stable")[:most]
        cells = zip(*(axis.tolist() for axis in np.unravel_index(order, self._papers.shape)), strict=True)
        return tuple(
            Conflict(
                self.sources[first],
                self.sources[second],
                area,
                int(self._papers[first, second, area]),
                int(self._known[first, second, area]),
                int(self._applies[first, second, area]),
                tuple(self._examples[first, second, area]),
            )
            for first, second, area in cells
            if self._papers[first, second, area]
        )

    def _keep(
        self, key: tuple[int, int, int], paper: Paper, votes: Votes, label: np.int8, probability: np.float32
    ) -> None:
        """Keep an example while there are few; one with a known label takes the place of one without."""
        kept = self._examples.setdefault(key, [])
        if len(kept) >= EXAMPLES:
            if label < 0 or kept[-1].label >= 0:
                return
            kept.pop()
        names = [tuple(n for n, v in zip(self._functions, votes, strict=True) if v == way) for way in (FOR, AGAINST)]
        kept.append(ConflictExample(paper, names[0], names[1], float(probability), int(label)))
        kept.sort(key=lambda example: example.label < 0)


def _first_of_each_area(chosen: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Paper and area of the first pair of every area in bool [n, areas]."""
    areas = np.flatnonzero(chosen.any(axis=0))
    return list(zip(chosen[:, areas].argmax(axis=0).tolist(), areas.tolist(), strict=True))
