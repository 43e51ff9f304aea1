"""Two models on the same papers: by how much they differ, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import AreatagError
from training.calibration.f1 import micro_f1
from training.evaluation import report as evaluation_report
from training.evaluation.metrics import bootstrap_intervals, point_metrics, reliability, risk_coverage
from training.evaluation.predictions import Predictions


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of the model, of the one that it is compared with, and their difference with its 95 % interval."""

    model: float
    against: float
    difference: float
    interval: tuple[float, float]

    def to_record(self) -> dict[str, Any]:
        """Rounded to four digits."""
        return {
            "model": round(self.model, 4),
            "against": round(self.against, 4),
            "difference": round(self.difference, 4),
            "interval": [round(end, 4) for end in self.interval],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model beside another one, on the areas that both have.

    Attributes:
        against: the other model.
        cross_fitted: the papers calibrated the other model.
        shared: number of the areas that both have.
        metrics: every measure of `training.evaluation.metrics.point_metrics`.
        areas: {area: {"support", "model" and "against" (their F1), "change"}} of the shared areas that are in gold or
            were given by one of the two.
        risk_coverage: of the other model.
        reliability: of the other model.
    """

    against: str
    cross_fitted: bool
    shared: int
    metrics: dict[str, Difference]
    areas: dict[str, dict[str, float]]
    risk_coverage: list[dict[str, float]]
    reliability: list[dict[str, float]]

    def to_record(self) -> dict[str, Any]:
        """Plain numbers under the names of the attributes."""
        return {
            "model": self.against,
            "cross_fitted": self.cross_fitted,
            "shared_areas": self.shared,
            "metrics": {name: difference.to_record() for name, difference in self.metrics.items()},
            "per_area": {area: evaluation_report.rounded(row) for area, row in self.areas.items()},
            "risk_coverage": [evaluation_report.rounded(row) for row in self.risk_coverage],
            "reliability": [evaluation_report.rounded(row) for row in self.reliability],
        }


def compare(first: Predictions, second: Predictions) -> Comparison:
    """Compare a model with another one; the interval is of a paired bootstrap over the papers.

    Raises:
        AreatagError: the two have no area in common.
    """
    shared = [area for area in first.taxonomy.area_ids if area in second.taxonomy]
    if not shared:
        raise AreatagError(
            f"The models {first.model} and {second.model} have no area in common, so they cannot be compared."
        )
    ours, theirs = (_restricted(predictions, shared) for predictions in (first, second))
    truth = first.labels[:, [first.taxonomy.index(area) for area in shared]]

    def measure(rows: NDArray[np.intp]) -> list[dict[str, float]]:
        return [point_metrics(scores[rows], given[rows], truth[rows]) for scores, given in (ours, theirs)]

    def differences(rows: NDArray[np.intp]) -> dict[str, float]:
        one, other = measure(rows)
        return {name: value - other[name] for name, value in one.items()}

    one, other = measure(np.arange(len(truth)))
    intervals = bootstrap_intervals(differences, len(truth), evaluation_report.BOOTSTRAP_ROUNDS)
    return Comparison(
        against=second.model,
        cross_fitted=second.cross_fitted,
        shared=len(shared),
        metrics={
            name: Difference(one[name], other[name], one[name] - other[name], intervals[name])
            for name in one
            if name != "brier_prior"  # of gold alone
        },
        areas=_by_area(shared, truth, ours[1], theirs[1]),
        risk_coverage=risk_coverage(theirs[0], truth),
        reliability=reliability(theirs[0], truth),
    )


def _restricted(predictions: Predictions, areas: list[str]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    columns = [predictions.taxonomy.index(area) for area in areas]
    return predictions.probabilities[:, columns], predictions.predicted[:, columns]


def _by_area(
    areas: list[str], truth: NDArray[np.bool_], ours: NDArray[np.bool_], theirs: NDArray[np.bool_]
) -> dict[str, dict[str, float]]:
    table = {}
    for column, area in enumerate(areas):
        gold = truth[:, column]
        if gold.any() or ours[:, column].any() or theirs[:, column].any():
            one, other = (micro_f1(given[:, column], gold) for given in (ours, theirs))
            table[area] = {"support": float(gold.sum()), "model": one, "against": other, "change": one - other}
    return table
