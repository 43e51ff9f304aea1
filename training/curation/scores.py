"""How much a label would teach: uncertainty, disagreement and novelty, all in numpy so that the service can tell."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_NOTHING_NEW = 1e-6
"""Squared lengths of gradients below this are rounding."""
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


def deviations(probabilities: FloatArray) -> FloatArray:
    """Standard deviation of each label, float32 [n, areas] in [0, 0.5], under the probabilities [n, areas].

    It is the size of the gradient that a label is expected to give the area's output.
    """
    return np.asarray(np.sqrt(np.clip(probabilities * (1.0 - probabilities), 0.0, 0.25)), dtype=np.float32)


def diverse_order(
    gradients: FloatArray,
    embeddings: FloatArray,
    count: int,
    known: tuple[FloatArray, FloatArray] | None = None,
    seed: int = 0,
) -> list[tuple[int, float]]:
    """Choose papers one by one, in proportion to what their gradients add to those of the papers chosen before.

    This is k-means++ over gradient embeddings (BADGE; Ash et al., Deep Batch Active Learning by Diverse, Uncertain
    Gradient Lower Bounds, 2020), here the outer product of a paper's label deviations and its embedding of length 1. A
    paper that the model is sure of lies at zero, which counts as known. Chance keeps the labels a fair sample: always
    taking the most uncertain papers taught less than labelling papers at random (training/EXPERIMENTS.md).

    Args:
        gradients: float32 [n, areas], from `deviations`; a paper with all zero is never chosen.
        embeddings: float32 [n, hidden].
        count: most papers chosen.
        known: deviations float32 [m, areas] and embeddings float32 [m, hidden] of papers that are labelled already.
        seed: of the choice by chance.

    Returns:
        At most `count` positions in the order of choice, each with the share of its gradient that was new, in (0, 1].
        The first is the most uncertain one, and a shorter order is the start of a longer one.
    """
    rows = _unit(embeddings)
    lengths = _squared(gradients)
    new = lengths.copy()

    def add(one: FloatArray, row: FloatArray) -> None:
        product = (gradients @ one) * np.clip(rows @ row, 0.0, 1.0)  # outer products have the product of inner products
        np.minimum(new, np.maximum(lengths + float(one @ one) - 2.0 * product, 0.0), out=new)

    for one, row in zip(known[0], _unit(known[1]), strict=True) if known is not None else ():
        add(one, row)
    generator = np.random.default_rng(seed)
    order: list[tuple[int, float]] = []
    while len(order) < count and new.max(initial=0.0) > _NOTHING_NEW:
        drawn = _drawn(new, generator)
        best = drawn if order else int(new.argmax())
        order.append((best, float(new[best] / lengths[best])))
        add(gradients[best], rows[best])
        new[best] = 0.0
    return order


def _drawn(weights: FloatArray, generator: np.random.Generator) -> int:
    """A position by chance, in proportion to its weight."""
    total = np.cumsum(weights, dtype=np.float64)
    return min(int(np.searchsorted(total, generator.random() * total[-1], side="right")), len(weights) - 1)


def _squared(rows: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("na,na->n", rows, rows), dtype=np.float32)


def _unit(rows: FloatArray) -> FloatArray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def _entropy(probabilities: FloatArray) -> FloatArray:
    """Binary entropy in bits."""
    p = np.clip(probabilities.astype(np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)), dtype=np.float32)


def _mean_of_largest(values: FloatArray) -> FloatArray:
    count = min(COUNTED_AREAS, values.shape[1])
    largest = np.partition(values, values.shape[1] - count, axis=1)[:, -count:]
    return np.asarray(largest.mean(axis=1), dtype=np.float32)
