"""A model on labelled papers: its measures, what it confuses and gets wrong, and how it compares with another model."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from data.labels import LabelledPaper
from data.readers.labels import read_labels
from data.taxonomy_changes import translate
from model.tagger import Tagger
from training.evaluation.metrics import reliability
from training.evaluation.predictions import Predictions, predictions_of
from training.evaluation.report import EvaluationReport, report_of, rounded
from training.evaluation_report.comparison import Comparison, compare
from training.evaluation_report.confusion import Confusion, confusions
from training.evaluation_report.mistakes import Mistake, worst_mistakes

MOST_MISTAKES = 25
"""Papers that are named as the worst mistakes."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What was found, with the papers and predictions behind it.

    Attributes:
        report: the measures.
        reliability: see `training.evaluation.metrics.reliability`.
        confusions: areas of one field taken for each other, the most frequent first.
        mistakes: the `MOST_MISTAKES` papers that are most wrong, the worst first.
        comparison: with another model; None where none was named.
    """

    labelled: Sequence[LabelledPaper]
    predictions: Predictions
    report: EvaluationReport
    reliability: list[dict[str, float]]
    confusions: list[Confusion]
    mistakes: list[Mistake]
    comparison: Comparison | None

    def to_record(self) -> dict[str, Any]:
        """Plain numbers and texts, rounded to four digits; what the page shows is taken from here."""
        record = self.report.to_record() | {
            "reliability": [rounded(row) for row in self.reliability],
            "confusion": [confusion.to_record() for confusion in self.confusions],
            "mistakes": [mistake.to_record() for mistake in self.mistakes],
        }
        return record if self.comparison is None else record | {"against": self.comparison.to_record()}

    def to_json(self) -> str:
        """The record as indented JSON."""
        return json.dumps(self.to_record(), indent=1, ensure_ascii=False)

    def to_table(self) -> str:
        """The measures, and the comparison where there is one, as text."""
        tables = self.report.to_table()
        return tables if self.comparison is None else f"{tables}\n{_comparison_table(self.comparison)}"


def evaluate(gold: Path, model: Path, against: Path | None = None, device: str = "auto") -> Evaluation:
    """Score a model on a gold file, and compare it with another one.

    Raises:
        AreatagError: the file or a model is damaged, the gold names an area the model does not know, or the two models
            have no area in common.
    """
    tagger = Tagger.load(model, device)
    labelled = list(read_labels(gold, tagger.taxonomy))
    predictions = predictions_of(tagger, labelled)
    return Evaluation(
        labelled=labelled,
        predictions=predictions,
        report=report_of(predictions),
        reliability=reliability(predictions.probabilities, predictions.labels),
        confusions=confusions(predictions),
        mistakes=worst_mistakes(labelled, predictions, MOST_MISTAKES),
        comparison=None if against is None else compare(predictions, _predictions_of(against, labelled, device)),
    )


def _predictions_of(model: Path, labelled: Sequence[LabelledPaper], device: str) -> Predictions:
    """What another model says of the papers, whose labels it may know in part."""
    other = Tagger.load(model, device)
    return predictions_of(other, [translate(item, other.taxonomy) for item in labelled])


def _comparison_table(comparison: Comparison) -> str:
    title = f"compared with {comparison.against}, on the {comparison.shared} areas of both"
    table = Table(title=title, title_justify="left")
    for heading in ("measure", "value", comparison.against, "difference", "95 % interval"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for name, row in comparison.metrics.items():
        low, high = row.interval
        table.add_row(
            name, f"{row.model:.3f}", f"{row.against:.3f}", f"{row.difference:+.3f}", f"{low:+.3f} .. {high:+.3f}"
        )
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(table)
    return console.export_text().rstrip()
