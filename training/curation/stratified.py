"""A stratified draw: by chance, and yet every start of the order has something of everything."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Positions = NDArray[np.intp]


def stratified_order(
    strata: Positions, weights: FloatArray, known: Positions | None = None, seed: int = 0
) -> list[int]:
    """Draw all papers one by one, so that each start of the order has every stratum in its proportion.

    Proportional allocation (Cochran, Sampling Techniques, 1977): a stratum's papers lie evenly over the order. Within a
    stratum they are drawn without replacement in proportion to their weight (Efraimidis and Spirakis, Weighted Random
    Sampling with a Reservoir, 2006).

    Args:
        strata: int [n], the stratum of each paper, counted from 0.
        weights: float32 [n], above 0; a paper of weight 0 is never drawn.
        known: int [m], strata of papers that were drawn earlier: a stratum that had its share waits.
        seed: of the draw.

    Returns:
        Positions in the order of the draw.
    """
    generator = np.random.default_rng(seed)
    places = np.full(len(strata), np.inf)
    chances = np.log(generator.random(len(strata)))
    earlier = np.bincount(known, minlength=int(strata.max(initial=0)) + 1) if known is not None else None
    for stratum in np.unique(strata):
        rows = np.flatnonzero((strata == stratum) & (weights > 0))
        drawn = rows[np.argsort(-chances[rows] / weights[rows], kind="stable")]
        before = 0 if earlier is None else earlier[stratum]
        places[drawn] = (before + np.arange(len(drawn)) + generator.random()) / (before + len(drawn) or 1)
    order = np.argsort(places, kind="stable")
    return [int(row) for row in order[np.isfinite(places[order])]]
