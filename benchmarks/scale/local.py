"""`areatag label` on one machine: how fast, how much memory, and what a kill costs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe_machine
from benchmarks.scale import kill, rate, tiny
from benchmarks.scale.options import Options
from benchmarks.serving.figures import Figure
from data.atomic import atomic_text

HELP = """Measure `areatag label` on this machine.

rate: 100,000 papers of POOL, against the encoder alone: an hour at 25 papers a second; it needs a quiet machine, but
for the ratios by CPU. tiny: 10 million tiny records without a model, an hour. kill: 20,000 records, killed ten times:
minutes, or an hour with POOL, where the model answers.

Example: python -m benchmarks.scale local rate tiny --papers POOL -o scale.json
"""


class Part(StrEnum):
    """What can be measured."""

    RATE = "rate"
    TINY = "tiny"
    KILL = "kill"


_PARTS: dict[Part, Callable[[Options, Path], list[Figure]]] = {
    Part.RATE: rate.measure,
    Part.TINY: tiny.measure,
    Part.KILL: kill.measure,
}


def main(
    parts: Annotated[list[Part] | None, typer.Argument(help="What to measure; nothing: everything.")] = None,
    papers: Annotated[list[str] | None, typer.Option(help="File or folder of real papers.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="JSON file for the figures.")] = None,
    model: Annotated[str | None, typer.Option(help="As label --model takes it.")] = None,
    records: Annotated[int, typer.Option(min=0, help="Records of each part; 0: 100,000, 10 million, 20,000.")] = 0,
    encoder_papers: Annotated[int, typer.Option(min=1, help="For the encoder alone, twice.")] = 2000,
    kills: Annotated[int, typer.Option(min=1, help="Of the run that is killed.")] = 10,
    seed: Annotated[int, typer.Option(help="Of the moments of the kills.")] = 0,
) -> None:
    """Measure and print."""
    options = Options(tuple(papers or ()), model, records, encoder_papers, kills, seed)
    console = Console()
    report: dict[str, Any] = {"machine": describe_machine(), "parts": {}}
    console.print(report["machine"])
    for part in parts or list(Part):
        with tempfile.TemporaryDirectory(prefix="areatag-scale-") as folder:
            figures = _PARTS[part](options, Path(folder))
        report["parts"][part.value] = {figure.name: figure.value for figure in figures}
        table = Table(part.value, "value", "unit", "wanted")
        for figure in figures:
            table.add_row(figure.name, str(figure.value), figure.unit, figure.goal)
        console.print(table)
    if output is not None:
        with atomic_text(output) as stream:
            stream.write(json.dumps(report, indent=1) + "\n")
