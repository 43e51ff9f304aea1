"""Which rules to suggest: those of the best estimated precision that find papers no other rule finds yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

LEAST_PRECISION = 0.3
"""Rules estimated below are not suggested. A vote raises F1 if it is right more often than half of the F1 reached
(Lipton et al., Optimal Thresholding of Classifiers to Maximize F1, 2014)."""
FEWEST_NEW = 2
"""Papers of the pool that a rule must add to those found by others."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AreaCandidates:
    """Rules that one area might get."""

    precision: npt.NDArray[np.float64]  # [candidates], estimated
    finds: csr_matrix  # float32 [candidates, papers of the pool]
    exclusive: Flags  # [candidates]; of these one at most is chosen


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate, the papers that it alone adds, and what that is worth."""

    candidate: int
    new: int
    value: float


def choose_rules(candidates: AreaCandidates, covered: Flags, most: int) -> list[Chosen]:
    """Greedily take the rule that is worth most beside those taken, at most `most` rules, best first.

    A rule is worth its precision above `LEAST_PRECISION` times the root of the number of its new papers: the root,
    so that the many rules of rare areas are not crowded out by a few wide ones.

    Args:
        candidates: the rules of one area with the papers they find.
        covered: bool [papers of the pool], found by existing rules.
        most: most rules taken.
    """
    open_ = ~covered
    usable = candidates.precision > LEAST_PRECISION
    chosen: list[Chosen] = []
    while len(chosen) < most and usable.any():
        new = np.asarray(candidates.finds @ open_.astype(np.float32))
        usable &= new >= FEWEST_NEW
        value = np.where(usable, (candidates.precision - LEAST_PRECISION) * np.sqrt(new), -1.0)
        best = int(value.argmax())
        if not usable[best]:
            break
        chosen.append(Chosen(best, int(new[best]), float(value[best])))
        open_[candidates.finds[best].indices] = False
        usable[best] = False
        if candidates.exclusive[best]:
            usable &= ~candidates.exclusive
    return chosen
