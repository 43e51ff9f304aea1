"""Recorded votes: what somebody (a language model, a crowd, an older system) said about some of the papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from data.labels import RecordedVote
from data.papers import Paper
from data.taxonomy import Taxonomy
from training.labelling.votes import AGAINST, FOR, LabellingFunction, Votes
from training.weak_labels.label_model import Floats, Floats32, logit, sigmoid
from training.weak_labels.vote_rates import Labels


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
        votes = self.vote(papers)[0]
        return np.where(votes == FOR, 1, np.where(votes == AGAINST, 0, -1)).astype(np.int8)


def merged_labels(recorded: Sequence[RecordedVotes], papers: Sequence[Paper]) -> tuple[list[Paper], Labels]:
    """The papers that any of the files covers, once each, and their labels int8 [n, areas]; later files win."""
    covered = {paper.id: paper for paper in papers if any(paper.id in votes for votes in recorded)}
    chosen = list(covered.values())
    if not recorded:
        return chosen, np.zeros((0, 0), np.int8)
    labels = recorded[0].labels(chosen)
    for votes in recorded[1:]:
        later = votes.labels(chosen)
        labels = np.where(later >= 0, later, labels)
    return chosen, labels


def with_recorded(probabilities: Floats32, votes: npt.NDArray[np.int8], prior: Floats, reliability: float) -> Floats32:
    """Probabilities float32 [n, areas] after recorded votes int8 [n, areas] were heard too.

    A recorded vote cannot be judged by itself, so its reliability is declared: the precision of a vote for an
    area and, alike, the share of an area's papers that it finds.
    """
    shift = np.zeros(votes.shape, np.float32)
    spoken_for = (logit(np.array(reliability)) - logit(prior)).astype(np.float32)
    spoken_against = (logit(prior * (1 - reliability)) - logit(prior)).astype(np.float32)
    shift = np.where(votes == FOR, spoken_for, np.where(votes == AGAINST, spoken_against, shift))
    return np.asarray(sigmoid(logit(probabilities.astype(np.float64)) + shift), dtype=np.float32)
