"""What `areatag weak-label` tells of its sources: a table for the terminal, the same as a page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.table import Table

from data.atomic import atomic_write
from data.papers import Reject
from training.label_model import Floats, Floats32, LabelModel
from training.vote_analysis import FunctionSummary
from training.vote_rates import Labels

_WIDTH = 118


@dataclass(slots=True)
class AreaSummary:
    """What the soft labels give every area; filled chunk by chunk."""

    area_ids: tuple[str, ...]
    expected: Floats  # sum of the probabilities
    likely: Floats  # papers with a probability of at least one half
    labelled: Floats  # papers that recorded votes give the area

    @classmethod
    def empty(cls, area_ids: Sequence[str]) -> AreaSummary:
        """Nothing counted yet."""
        zeros = np.zeros((3, len(area_ids)))
        return cls(tuple(area_ids), *zeros)

    def add(self, probabilities: Floats32, labels: Labels) -> None:
        """Count probabilities float32 [n, areas] (NaN: uncovered) and labels int8 [n, areas]."""
        self.expected += np.nansum(probabilities, axis=0)
        self.likely += (np.nan_to_num(probabilities) >= 0.5).sum(axis=0)
        self.labelled += (labels == 1).sum(axis=0)


@dataclass(frozen=True, slots=True)
class WeakLabelReport:
    """The analysis of one weak-label run."""

    papers: int
    rejects: tuple[Reject, ...]
    labelled: int
    """Papers with recorded votes, from which the rates were estimated."""
    functions: tuple[FunctionSummary, ...]
    areas: AreaSummary
    model: LabelModel
    seconds: float

    def to_table(self) -> str:
        """The analysis as text."""
        console = Console(file=io.StringIO(), width=_WIDTH, color_system=None)
        console.print(self._renderable())
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue().rstrip()

    def write_html(self, path: Path) -> None:
        """Write the analysis as a page; raises AreatagError when it cannot be written."""
        console = Console(file=io.StringIO(), width=_WIDTH, record=True)
        console.print(self._renderable())
        with atomic_write(path) as stream:
            stream.write(console.export_html().encode())

    def _renderable(self) -> RenderableType:
        return Group(self._function_table(), self._source_table(), self._area_table(), self._summary())

    def _function_table(self) -> Table:
        table = Table(title="Labelling functions (shares of paper-area pairs; precision on recorded votes)")
        table.add_column("function", no_wrap=True, min_width=max((len(f.name) for f in self.functions), default=0))
        for heading in ("papers", "coverage", "overlap", "conflict", "votes\nfor", "votes\nagainst"):
            table.add_column(heading, justify="right")
        for heading in ("precision\nfor", "precision\nagainst", "recall"):
            table.add_column(heading, justify="right")
        for f in self.functions:
            shares = [f"{share:.4f}" for share in (f.coverage, f.overlap, f.conflict)]
            rates = [_rate(rate) for rate in (f.precision_for, f.precision_against, f.recall)]
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
        for column in np.argsort(self.areas.likely, kind="stable")[:10]:
            numbers = (self.areas.expected[column], self.areas.likely[column], self.areas.labelled[column])
            table.add_row(self.areas.area_ids[column], *(f"{number:,.0f}" for number in numbers))
        return table

    def _summary(self) -> str:
        return (
            f"{self.papers:,} papers labelled, {len(self.rejects):,} records rejected, "
            f"{self.labelled:,} papers with recorded votes, {self.seconds:.0f} s."
        )


def _rate(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3f}"
