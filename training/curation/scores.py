"""How doubtful the label of a paper is: uncertainty and disagreement, all in numpy so that the service can tell."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

COUNTED_AREAS = 5
"""Most uncertain areas of a paper that count: a paper has few areas, and the rest is noise added up."""


def opinion(probabilities: FloatArray, votes: FloatArray) -> FloatArray:
    """The mean of the model's probabilities and the votes, each [n, areas]; the model's where a vote is NaN."""
    return np.asarray(np.where(np.isnan(votes), probabilities, (probabilities + votes) / 2), dtype=np.float32)


def uncertainty(probabilities: FloatArray) -> FloatArray:
    """Mean binary entropy of the most uncertain areas, float32 [n] in [0, 1], of probabilities [n, areas].

    Entropy of calibrated probabilities is the classic of active learning (Lewis and Gale, 1994); per area and then
    averaged it suits several areas a paper (Esuli and Sebastiani, Active learning strategies for multi-label text
    classification, 2009).
    """
    return _mean_of_largest(_entropy(probabilities))


def disagreement(probabilities: FloatArray, votes: FloatArray) -> FloatArray:
    """Jensen-Shannon divergence between model and votes over the areas where it is largest, float32 [n] in [0, 1].

    Votes and model are a committee of two (query by committee: McCallum and Nigam, 1998); NaN votes do not count.
    """
    filled = np.where(np.isnan(votes), probabilities, votes)
    middle = ((probabilities + filled) / 2).astype(np.float32)
    divergence = _entropy(middle) - (_entropy(probabilities) + _entropy(filled.astype(np.float32))) / 2
    return _mean_of_largest(np.maximum(divergence, 0.0))


def _entropy(probabilities: FloatArray) -> FloatArray:
    """Binary entropy in bits."""
    p = np.clip(probabilities.astype(np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)), dtype=np.float32)


def _mean_of_largest(values: FloatArray) -> FloatArray:
    count = min(COUNTED_AREAS, values.shape[1])
    largest = np.partition(values, values.shape[1] - count, axis=1)[:, -count:]
    return np.asarray(largest.mean(axis=1), dtype=np.float32)
