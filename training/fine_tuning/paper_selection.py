"""Which weakly labelled papers to train on when there is not time for all: chosen by value, not by chance.

A paper is worth what it teaches about areas that are rare in the pool, so that areas are drawn about equally often;
papers of which the labels say nothing clear are worth less (quality before quantity, as in instruction mining); and
papers with a weight above 1 (those with recorded votes) always come first.
"""

import numpy as np
from numpy.typing import NDArray

from data.soft_labels import SoftLabels

FloatArray = NDArray[np.float32]

BALANCE = 0.7
"""0 draws areas as often as they occur in the pool, 1 equally often."""


def choose_papers(soft: SoftLabels, papers: int, seed: int = 0) -> NDArray[np.bool_]:
    """Mark the papers to train on, bool [rows], in the file's order.

    Args:
        soft: the soft-label file.
        papers: how many to mark; all are marked when the file has no more.
        seed: of the random choice.
    """
    if soft.rows <= papers:
        return np.ones(soft.rows, dtype=bool)
    batches = [(batch.probabilities, batch.weights) for batch in soft.batches(8192)]
    values = paper_values(np.concatenate([probabilities for probabilities, _ in batches]))
    weights = np.concatenate([weights for _, weights in batches])
    # Efraimidis and Spirakis (2006): the largest keys are a weighted sample without replacement
    keys = np.random.default_rng(seed).exponential(size=len(values)) / np.maximum(values, 1e-12)
    keys[weights > 1] = 0.0
    keys[weights <= 0] = np.inf
    chosen = np.zeros(len(values), dtype=bool)
    chosen[np.argsort(keys, kind="stable")[:papers]] = True
    return chosen & (weights > 0)


def paper_values(probabilities: FloatArray) -> NDArray[np.float64]:
    """Worth of each paper, float64 [n], from soft labels float32 [n, areas] (NaN: uncovered)."""
    known = np.nan_to_num(probabilities.astype(np.float64), nan=0.0)
    # squaring trusts one area at 0.9 far more than five at 0.2
    clear = known**2
    frequency = np.maximum(clear.mean(axis=0), 1e-6)
    return np.asarray(clear @ frequency**-BALANCE)
