"""How good a model is on labelled papers, in figures."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from data.labels import LabelledPaper
from data.taxonomy import Taxonomy
from model.tagger import Tagger
from training.calibration.fit_calibration import cross_fit
from training.evaluation.metrics import (
    bootstrap_intervals,
    coverage_at_precision,
    per_area,
    point_metrics,
    precision_on_demand,
    reliability,
    risk_coverage,
)
from training.evaluation.predictions import Predictions, cross_fitted_predictions, predictions_of

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

BOOTSTRAP_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What was measured.

    Attributes:
        metrics: see `training.evaluation.metrics.point_metrics`, and "coverage_at_90_precision".
        intervals: 95 % bootstrap interval of every metric.
        cross_fitted: the gold papers calibrated this model, so each was scored by a calibration it took no part in.
        min_precision: see `training.evaluation.metrics.precision_on_demand`; empty where it was not measured.
        reliability: see `training.evaluation.metrics.reliability`.
    """

    model: str
    papers: int
    labels: int
    cross_fitted: bool
    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    areas: dict[str, dict[str, float]]
    risk_coverage: list[dict[str, float]]
    min_precision: list[dict[str, float]]
    reliability: list[dict[str, float]]

    def to_record(self) -> dict[str, Any]:
        """Plain numbers under the names of the attributes."""
        return {
            "model": self.model,
            "papers": self.papers,
            "labels": self.labels,
            "cross_fitted": self.cross_fitted,
            **rounded(self.metrics),
            "intervals": {name: [round(low, 4), round(high, 4)] for name, (low, high) in self.intervals.items()},
            "per_area": {area: rounded(row) for area, row in self.areas.items()},
            "risk_coverage": [rounded(row) for row in self.risk_coverage],
            "min_precision": [rounded(row) for row in self.min_precision],
            "reliability": [rounded(row) for row in self.reliability],
        }

    def summary(self) -> dict[str, Any]:
        """The record without the model's name, single areas and the curves."""
        left_out = {"model", "per_area", "risk_coverage", "reliability"}
        return {name: value for name, value in self.to_record().items() if name not in left_out}

    def to_json(self) -> str:
        """The record as indented JSON."""
        return json.dumps(self.to_record(), indent=1)

    def to_table(self) -> str:
        """The metrics with their intervals, and the areas with the lowest F1, as text."""
        how = " (cross-fitted: these papers calibrated the model)" if self.cross_fitted else ""
        table = Table(title=f"{self.model} on {self.papers} papers, {self.labels} labels{how}", title_justify="left")
        for heading in ("measure", "value", "95 % interval"):
            table.add_column(heading, justify="left" if heading == "measure" else "right")
        for name, value in self.metrics.items():
            low, high = self.intervals.get(name, (float("nan"), float("nan")))
            table.add_row(name, f"{value:.3f}", f"{low:.3f} .. {high:.3f}" if name in self.intervals else "")
        weakest = Table(title="areas with the lowest F1 (at least 3 papers)", title_justify="left")
        for heading in ("area", "papers", "precision", "recall", "F1"):
            weakest.add_column(heading, justify="left" if heading == "area" else "right")
        rows = [(row["f1"], area, row) for area, row in self.areas.items() if row["support"] >= 3]
        for f1, area, row in sorted(rows, key=lambda item: item[:2])[:10]:
            weakest.add_row(
                area, f"{row['support']:.0f}", f"{row['precision']:.2f}", f"{row['recall']:.2f}", f"{f1:.2f}"
            )
        console = Console(width=100, record=True, file=io.StringIO())
        console.print(table)
        console.print(weakest)
        if self.min_precision:
            console.print(self._on_demand())
        return console.export_text().rstrip()

    def _on_demand(self) -> Table:
        """What `--min-precision` promises, and what was found."""
        table = Table(title="precision on demand (label --min-precision)", title_justify="left")
        headings = ("promised", "found", "papers with an area", "areas, of those by default", "recall")
        for heading in headings:
            table.add_column(heading, justify="right")
        for row in self.min_precision:
            shares = (f"{row[name]:.1%}" for name in ("papers", "areas"))
            table.add_row(f"{row['promised']:.2f}", f"{row['found']:.3f}", *shares, f"{row['recall']:.3f}")
        return table


def rounded(row: Mapping[str, float]) -> dict[str, float]:
    """Named numbers with the four digits that records of measures have."""
    return {name: round(value, 4) for name, value in row.items()}


def evaluate_tagger(tagger: Tagger, labelled: Sequence[LabelledPaper]) -> EvaluationReport:
    """Score a loaded model on labelled papers."""
    return report_of(predictions_of(tagger, labelled))


def cross_fitted_report(
    model: str, logits: FloatArray, labels: BoolArray, taxonomy: Taxonomy, ood: BoolArray | None = None
) -> EvaluationReport:
    """Score logits on the papers that calibrate them: each paper by a calibration it took no part in.

    Args:
        model: name or version for the report.
        logits: float32 [n, areas], uncalibrated.
        labels: bool [n, areas].
        taxonomy: of the columns.
        ood: bool [n], papers out of distribution, which get no areas (`Tagger.ood_warnings`).
    """
    return report_of(cross_fitted_predictions(model, cross_fit(logits, labels), labels, taxonomy, ood))


def report_of(predictions: Predictions) -> EvaluationReport:
    """All measures of what a model said of labelled papers."""
    return report(
        predictions.model,
        predictions.probabilities,
        predictions.predicted,
        predictions.labels,
        predictions.taxonomy,
        predictions.cross_fitted,
        predictions.precision_thresholds,
    )


def report(
    model: str,
    probabilities: FloatArray,
    predicted: BoolArray,
    labels: BoolArray,
    taxonomy: Taxonomy,
    cross_fitted: bool = False,
    precision_thresholds: FloatArray | None = None,
    judged: BoolArray | None = None,
) -> EvaluationReport:
    """All measures of predictions against labels.

    Args:
        model: name or version for the report.
        probabilities: float32 [n, areas].
        predicted: bool [n, areas], the areas given.
        labels: bool [n, areas].
        taxonomy: of the columns.
        cross_fitted: the papers calibrated the model.
        precision_thresholds: float32 [promised, n], each paper's for `training.evaluation.metrics.PROMISED`.
        judged: bool [n, areas], what the labels say anything of, which alone counts; None: all.
    """
    if judged is None:
        judged = np.ones(labels.shape, dtype=bool)
    abstained: BoolArray = np.asarray(~predicted.any(axis=1))  # an area that nobody judged is given all the same
    probabilities = np.where(judged, probabilities, np.float32(0.0))
    predicted = predicted & judged

    def measure(rows: NDArray[np.intp]) -> dict[str, float]:
        coverage = coverage_at_precision(probabilities[rows], labels[rows])
        return {
            **point_metrics(probabilities[rows], predicted[rows], labels[rows], judged[rows]),
            "abstention": float(abstained[rows].mean()),
            "coverage_at_90_precision": coverage,
        }

    metrics = measure(np.arange(len(labels)))
    return EvaluationReport(
        model=model,
        papers=len(labels),
        labels=int(labels.sum()),
        cross_fitted=cross_fitted,
        metrics=metrics,
        intervals=bootstrap_intervals(measure, len(labels), BOOTSTRAP_ROUNDS),
        areas=per_area(probabilities, predicted, labels, taxonomy.area_ids),
        risk_coverage=risk_coverage(probabilities, labels),
        min_precision=(
            []
            if precision_thresholds is None
            else precision_on_demand(probabilities, predicted, labels, precision_thresholds)
        ),
        reliability=reliability(probabilities, labels),
    )
