"""What `areatag weak-label` tells of its sources, as text or as JSON; `training/vote_report/page.py` makes the page."""

from __future__ import annotations

import io
import math
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from data.papers import Reject
from training.label_model.model import LabelModel
from training.label_model.vote_analysis import FunctionSummary
from training.vote_report.analysis import Analysis
from training.vote_report.rule_tally import worst_first

_WIDTH = 118
_AREAS = 10  # shown of those with the fewest likely papers
_RULES = 5  # shown of those to mend first


@dataclass(frozen=True, slots=True)
class WeakLabelReport:
    """The analysis of one weak-label run."""

    rejects: tuple[Reject, ...]
    labelled: int
    """Papers with recorded votes, from which the rates were estimated."""
    analysis: Analysis
    model: LabelModel
    seconds: float

    @property
    def papers(self) -> int:
        """How many papers were labelled."""
        return self.analysis.n_papers

    @property
    def functions(self) -> tuple[FunctionSummary, ...]:
        """Every function over all papers and areas."""
        return self.analysis.functions.by_function()

    def to_record(self) -> dict[str, object]:
        """The functions and areas for scripts, under the names of `FunctionSummary`; what is not known is null."""
        functions = [asdict(function) for function in self.functions]
        areas = self.analysis.areas
        counts = zip(areas.expected.tolist(), areas.likely.tolist(), areas.recorded.tolist(), strict=True)
        return {
            "papers": self.papers,
            "rejected": len(self.rejects),
            "recorded_papers": self.labelled,
            "functions": [
                {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
                for row in functions
            ],
            "areas": {
                area: {"expected_papers": round(expected, 2), "likely_papers": likely, "recorded_papers": recorded}
                for area, (expected, likely, recorded) in zip(self.analysis.taxonomy.area_ids, counts, strict=True)
            },
        }

    def to_table(self) -> str:
        """The analysis as text."""
        console = Console(file=io.StringIO(), width=_WIDTH, color_system=None)
        console.print(self._renderable())
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue().rstrip()

    def _renderable(self) -> RenderableType:
        tables = [self._function_table(), self._source_table(), self._area_table()]
        return Group(*tables, *self._rule_tables(), self._summary())

    def _function_table(self) -> Table:
        functions = self.functions
        precision = "; precision on recorded votes" if self.labelled else ""
        table = Table(title=f"Labelling functions (shares of paper-area pairs{precision})")
        table.add_column("function", no_wrap=True, min_width=max((len(f.name) for f in functions), default=0))
        for heading in ("papers", "coverage", "overlap", "conflict", "votes\nfor", "votes\nagainst"):
            table.add_column(heading, justify="right")
        measured = ("precision\nfor", "precision\nagainst", "recall") if self.labelled else ()
        for heading in measured:
            table.add_column(heading, justify="right")
        for f in functions:
            shares = [f"{share:.4f}" for share in (f.coverage, f.overlap, f.conflict)]
            rates = [_rate(rate) for rate in (f.precision_for, f.precision_against, f.recall)][: len(measured)]
            table.add_row(f.name, f"{f.papers:.3f}", *shares, f"{f.votes_for:,}", f"{f.votes_against:,}", *rates)
        return table

    def _source_table(self) -> Table:
        table = Table(title="Weights in the label model")
        for heading in ("prior", *(source.name for source in self.model.tables), "silence", "other areas"):
            table.add_column(heading, justify="right")
        table.add_row(*(f"{weight:.2f}" for weight in self.model.weights[1:]))
        return table

    def _area_table(self) -> Table:
        table = Table(title="Areas with the fewest likely papers")
        for heading in ("area", "expected papers", "likely papers", "recorded papers"):
            table.add_column(heading, justify="left" if heading == "area" else "right")
        areas = self.analysis.areas
        for column in np.argsort(areas.likely, kind="stable")[:_AREAS]:
            numbers = (areas.expected[column], areas.likely[column], areas.recorded[column])
            name = escape(self.analysis.taxonomy.area_ids[column])
            table.add_row(name, *(f"{number:,.0f}" for number in numbers))
        return table

    def _rule_tables(self) -> list[Table]:
        """One table, or none where no rule is known to be wrong."""
        rules = worst_first(self.analysis.rules(), _RULES)
        if not rules:
            return []
        table = Table(title="Rules to mend first")
        for heading in ("rule", "kind", "area"):
            table.add_column(heading)
        for heading in ("papers", "right", "estimated\nprecision", "usual"):
            table.add_column(heading, justify="right")
        for found in rules:
            area = escape(self.analysis.taxonomy.area_ids[found.rule.area])
            numbers = (
                f"{found.papers:,}",
                f"{found.right} of {found.known}",
                _rate(found.precision),
                _rate(found.usual),
            )
            table.add_row(escape(found.rule.text), found.rule.kind, area, *numbers)
        return [table]

    def _summary(self) -> str:
        return (
            f"{self.papers:,} papers labelled, {len(self.rejects):,} records rejected, "
            f"{self.labelled:,} papers with recorded votes, {self.seconds:.0f} s."
        )


def _rate(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3f}"
