"""Shares with their uncertainty, vectorised: what a few votes on labelled papers say about all votes of their kind."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from training.label_model.model import Floats

Counts = npt.NDArray[np.int64]

ASSUMED_VOTES = 5.0  # what a prior guess weighs, in votes on labelled papers


def interval(right: npt.ArrayLike, known: npt.ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Bounds of a share of which `right` of `known` were seen, in the shape of the counts; 0 to 1 for none.

    Jeffreys' interval, which keeps its promise for small counts (Brown, Cai and DasGupta, "Interval estimation for a
    binomial proportion", 2001); an end at which every or no vote was right is the bound itself.
    """
    hits, total = np.asarray(right, np.float64), np.asarray(known, np.float64)
    tail = (1 - level) / 2
    low = np.where(hits > 0, beta.ppf(tail, hits + 0.5, total - hits + 0.5), 0.0)
    high = np.where(hits < total, beta.ppf(1 - tail, hits + 0.5, total - hits + 0.5), 1.0)
    return low, np.where(total > 0, high, 1.0)


def shrunk(right: npt.ArrayLike, known: npt.ArrayLike, guess: npt.ArrayLike) -> Floats:
    """Share right, drawn towards `guess` as if `ASSUMED_VOTES` more had been right in that proportion."""
    hits, total = np.asarray(right, np.float64), np.asarray(known, np.float64)
    return np.asarray((hits + ASSUMED_VOTES * np.asarray(guess)) / (total + ASSUMED_VOTES))


def share(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    """`part / whole`, NaN where the whole is nothing."""
    parts, wholes = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    return np.asarray(np.divide(parts, wholes, out=np.full(np.shape(parts), np.nan), where=wholes > 0))
