"""Recorded votes beside the label model: the labels that they make, and probabilities that they change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from data.papers import Paper
from training.label_model.model import Floats, Floats32, logit, sigmoid
from training.votes.recorded_votes import RecordedVotes
from training.votes.vote_matrix import AGAINST, FOR, Labels, labels_after, no_labels


def merged_labels(
    recorded: Sequence[RecordedVotes], papers: Sequence[Paper], n_areas: int
) -> tuple[list[Paper], Labels]:
    """The papers that any of the files covers, once each, and their labels int8 [n, areas]; later files win."""
    covered = {paper.id: paper for paper in papers if any(paper.id in votes for votes in recorded)}
    chosen = list(covered.values())
    labels = no_labels(len(chosen), n_areas)
    for source in recorded:
        labels = labels_after(source.vote(chosen)[0], labels)
    return chosen, labels


def with_recorded(probabilities: Floats32, votes: npt.NDArray[np.int8], prior: Floats, reliability: float) -> Floats32:
    """Probabilities float32 [n, areas] that take recorded votes int8 [n, areas] into account.

    Recorded votes are the labels themselves, so their reliability cannot be estimated; it is declared: the precision of
    a vote for an area and, alike, the share of an area's papers that it finds.
    """
    shift = np.zeros(votes.shape, np.float32)
    spoken_for = (logit(np.array(reliability)) - logit(prior)).astype(np.float32)
    spoken_against = (logit(prior * (1 - reliability)) - logit(prior)).astype(np.float32)
    shift = np.where(votes == FOR, spoken_for, np.where(votes == AGAINST, spoken_against, shift))
    return np.asarray(sigmoid(logit(probabilities.astype(np.float64)) + shift), dtype=np.float32)
