"""The two baselines that a label model must beat: majority share and noisy-or."""

from __future__ import annotations

import numpy as np

from training.label_model.model import Floats32
from training.votes.vote_matrix import AGAINST, FOR, Votes


def majority_share(votes: Votes, *, exclusive: bool = False) -> Floats32:
    """Share of the votes that are for the area, float32 [n, areas]; 0 where nobody votes.

    `exclusive`: every paper has one area; shares are of the paper's votes, and a paper without votes is
    spread evenly.
    """
    votes_for = (votes == FOR).sum(axis=0, dtype=np.float32)
    if exclusive:
        total = np.broadcast_to(votes_for.sum(axis=1, keepdims=True), votes_for.shape)
        empty = np.float32(1 / votes.shape[2])
    else:
        total = votes_for + (votes == AGAINST).sum(axis=0, dtype=np.float32)
        empty = np.float32(0)
    return np.where(total > 0, votes_for / np.maximum(total, 1), empty).astype(np.float32)


def noisy_or(votes: Votes, reliability: float = 0.5) -> Floats32:
    """Noisy-or of the votes for an area, float32 [n, areas]: 1 - (1 - reliability) ** votes, without votes against."""
    votes_for = (votes == FOR).sum(axis=0, dtype=np.float32)
    return np.asarray(1 - (1 - reliability) ** votes_for, dtype=np.float32)
