"""The gate: may a candidate replace the active model? Both answer the same held-out papers, on which neither trained.

Not inferior is a candidate whose micro-F1 is, by the one-sided 90 % bound of a paired bootstrap over papers, less than
one point below the active model's, and which loses no more than ten points of F1 in any area with ten or more held-out
papers. Both are asked of the areas that both models know: an area that the active model lacks can only be gained.
"""

from __future__ import annotations

import math
from collections.abc import Set
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.taxonomy import Taxonomy
from training.calibration.f1 import Counts, counts, f1, micro_f1
from training.evaluation.metrics import bootstrap_intervals
from training.retraining.held_out import FEWEST_HELD_OUT, HELD_OUT

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

MARGIN = 0.01
"""Micro-F1 that a candidate may lose."""
LEVEL = 0.90
"""Confidence of the lower bound of the difference."""
FEWEST_IN_AREA = 10
"""Held-out papers from which an area has a say."""
AREA_MARGIN = 0.10
"""F1 that an area with a say may lose: with ten papers, one of them changes F1 by about five points."""
ROUNDS = 2000
LIMITS: dict[str, float] = {
    "papers": FEWEST_HELD_OUT,
    "margin": MARGIN,
    "papers_of_area": FEWEST_IN_AREA,
    "area_margin": AREA_MARGIN,
}
"""What the verdict hangs on, for those who show it."""


class Verdict(StrEnum):
    """What the gate says of a candidate."""

    NOT_INFERIOR = "not inferior"
    INFERIOR = "inferior"
    INSUFFICIENT = "insufficient evidence"


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a model says of the held-out papers.

    Attributes:
        version: the model's.
        probabilities: float32 [n, areas]; 0 in areas that the model does not know.
        predicted: bool [n, areas].
        known: bool [areas], areas that the model knows.
    """

    version: str
    probabilities: FloatArray
    predicted: BoolArray
    known: BoolArray


@dataclass(frozen=True, slots=True)
class AreaComparison:
    """F1 of one area on the held-out papers."""

    papers: int
    active: float
    candidate: float
    change: float


@dataclass(frozen=True, slots=True)
class GateReport:
    """The verdict and what it rests on; F1 values and differences are fractions.

    Attributes:
        difference: micro-F1 of the candidate less that of the active model, on the areas that both know.
        lower_bound: its one-sided 90 % bound; None below two papers.
        upper_bound: the one in the other direction; between the two lies the difference in 80 % of all cases.
        all_areas: micro-F1 of the two on all areas of the candidate's taxonomy, "active" and "candidate".
        fallen: areas that have a say and lost more than they may.
        areas: every area with a held-out paper or a prediction.
        reasons: sentences for people.
    """

    verdict: Verdict
    papers: int
    active: str
    candidate: str
    active_micro_f1: float
    candidate_micro_f1: float
    difference: float
    lower_bound: float | None
    upper_bound: float | None
    all_areas: dict[str, float]
    fallen: tuple[str, ...]
    areas: dict[str, AreaComparison]
    reasons: tuple[str, ...]

    def to_record(self) -> dict[str, Any]:
        """Plain numbers and texts."""
        record = asdict(self) | {"verdict": self.verdict.value, "limits": LIMITS}
        return {name: _rounded(value) for name, value in record.items()}


def compare(active: Answers, candidate: Answers, labels: FloatArray, taxonomy: Taxonomy, seed: int = 0) -> GateReport:
    """Compare two models.

    Args:
        active: answers of the active model on the n held-out papers.
        candidate: those of the candidate.
        labels: float32 [n, areas] of the held-out papers, 1 and 0; NaN where the label says nothing.
        taxonomy: the candidate's, whose areas are the columns.
        seed: of the bootstrap.
    """
    covered = ~np.isnan(labels)
    truth = labels == 1
    predicted = [answers.predicted & covered for answers in (active, candidate)]
    shared = active.known & candidate.known
    before, after = (counts(given[:, shared], truth[:, shared], axis=1) for given in predicted)
    areas = _compare_areas(predicted[0], predicted[1], truth, taxonomy)
    fallen = _fallen(areas, {area for area, known in zip(taxonomy.area_ids, shared, strict=True) if known})
    bounds = difference_bounds(before, after, seed)
    bound, upper = bounds or (None, None)
    difference = _micro_f1(after) - _micro_f1(before)
    verdict, reasons = _decide(len(labels), difference, bound, fallen, areas)
    return GateReport(
        verdict=verdict,
        papers=len(labels),
        active=active.version,
        candidate=candidate.version,
        active_micro_f1=_micro_f1(before),
        candidate_micro_f1=_micro_f1(after),
        difference=difference,
        lower_bound=bound,
        upper_bound=upper,
        all_areas={
            name: micro_f1(given, truth) for name, given in zip(("active", "candidate"), predicted, strict=True)
        },
        fallen=fallen,
        areas=areas,
        reasons=reasons,
    )


def difference_bounds(before: Counts, after: Counts, seed: int = 0) -> tuple[float, float] | None:
    """One-sided lower and upper bound of the difference of micro-F1, by a paired percentile bootstrap over papers.

    Args:
        before: int64 [n, 3], true positives, predictions and labels of each paper under the old model.
        after: int64 [n, 3], likewise under the new model.
        seed: of the resampling.
    """
    if len(before) < 2:
        return None

    def difference(rows: NDArray[np.intp]) -> dict[str, float]:
        return {"difference": _micro_f1(after[rows]) - _micro_f1(before[rows])}

    two_sided = 2 * LEVEL - 1  # each of its ends is a one-sided bound of LEVEL
    return bootstrap_intervals(difference, len(before), ROUNDS, two_sided, seed)["difference"]


def _decide(
    papers: int, difference: float, bound: float | None, fallen: tuple[str, ...], areas: dict[str, AreaComparison]
) -> tuple[Verdict, tuple[str, ...]]:
    if papers < FEWEST_HELD_OUT or bound is None:
        return Verdict.INSUFFICIENT, (_too_few(papers),)
    reasons = []
    if bound <= -MARGIN:
        reasons.append(
            f"Micro-F1 changes by {100 * difference:+.1f} points and may fall by {-100 * bound:.1f}, which is not "
            f"less than {100 * MARGIN:.0f} (one-sided {LEVEL:.0%} bound)."
        )
    for area in fallen:
        row = areas[area]
        reasons.append(
            f"{area} falls by {-100 * row.change:.0f} points of F1 on {row.papers} papers, "
            f"more than {100 * AREA_MARGIN:.0f}."
        )
    if reasons:
        return Verdict.INFERIOR, tuple(reasons)
    reason = (
        f"Micro-F1 changes by {100 * difference:+.1f} points, at worst by {100 * bound:+.1f} (one-sided {LEVEL:.0%})."
    )
    return Verdict.NOT_INFERIOR, (reason,)


def _too_few(papers: int) -> str:
    """How many labels are needed: of the completely labelled papers a share is held out."""
    needed, lacking = (math.ceil(count / HELD_OUT) for count in (FEWEST_HELD_OUT, max(FEWEST_HELD_OUT - papers, 1)))
    return (
        f"{papers} held-out papers are too few to decide: it takes {FEWEST_HELD_OUT}, which about {needed} completely "
        f"labelled papers give, as a quarter of them is held out. Label about {lacking} more papers completely."
    )


def _compare_areas(
    before: BoolArray, after: BoolArray, truth: BoolArray, taxonomy: Taxonomy
) -> dict[str, AreaComparison]:
    table = {}
    for column, area in enumerate(taxonomy.area_ids):
        given = [micro_f1(predicted[:, column], truth[:, column]) for predicted in (before, after)]
        if truth[:, column].any() or before[:, column].any() or after[:, column].any():
            table[area] = AreaComparison(int(truth[:, column].sum()), given[0], given[1], given[1] - given[0])
    return table


def _fallen(areas: dict[str, AreaComparison], known: Set[str]) -> tuple[str, ...]:
    """The areas, known to both models, that have a say and lost more than they may."""
    return tuple(
        area
        for area, row in areas.items()
        if area in known and row.papers >= FEWEST_IN_AREA and row.change < -AREA_MARGIN - 1e-9
    )


def _micro_f1(by_paper: Counts) -> float:
    return float(f1(*by_paper.sum(axis=0)))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return list(value) if isinstance(value, tuple) else value
