"""Recorded votes: areas that a source (a language model, a crowd, an older system) gave some of the papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from data.labels import RecordedVote
from data.papers import Paper
from data.taxonomy import Taxonomy
from training.votes.vote_matrix import AGAINST, FOR, LabellingFunction, Labels, Votes, labels_after, no_labels


class RecordedVotes:
    """One function per file: for the areas listed, against all others of a paper it covers.

    A record with explicit rejections speaks only of the areas it names. A paper that occurs twice in a file
    keeps the later vote of each area.
    """

    def __init__(self, taxonomy: Taxonomy, name: str, recorded: Iterable[RecordedVote], expected: float = 0.9) -> None:
        self.name = name
        self.functions = (LabellingFunction(f"recorded.{name}", f"recorded.{name}", expected),)
        self._n_areas = len(taxonomy.areas)
        self._votes: dict[str, npt.NDArray[np.int8]] = {}
        for vote in recorded:
            row = self._votes.setdefault(vote.paper_id, np.zeros(self._n_areas, np.int8))
            if not vote.rejected:
                row[:] = AGAINST
            row[[taxonomy.index(area_id) for area_id in vote.areas]] = FOR
            row[[taxonomy.index(area_id) for area_id in vote.rejected]] = AGAINST

    def __contains__(self, paper_id: str) -> bool:
        return paper_id in self._votes

    def __len__(self) -> int:
        return len(self._votes)

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """Votes int8 [1, papers, areas]."""
        votes = np.zeros((1, len(papers), self._n_areas), np.int8)
        for number, paper in enumerate(papers):
            if paper.id in self._votes:
                votes[0, number] = self._votes[paper.id]
        return votes

    def labels(self, papers: Sequence[Paper]) -> Labels:
        """The votes as labels, int8 [papers, areas]: 1 applies, 0 does not, -1 not known."""
        return labels_after(self.vote(papers)[0], no_labels(len(papers), self._n_areas))
