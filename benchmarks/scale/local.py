"""`areatag label` on one machine: how fast, how much memory, and what a kill costs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.machine import describe_machine
from benchmarks.scale import kill, rate, tiny
from benchmarks.scale.options import Options
from benchmarks.serving.figures import Figure
from data.atomic import atomic_text

HELP = """Measure `areatag label` on this machine.

rate: 100,000 papers of POOL, against the encoder alone: an hour at 25 papers a second; it needs a quiet machine, but
for the ratios by CPU. tiny: 10 million tiny records without a model, an hour. kill: 20,000 records, killed ten times:
minutes, or an hour with POOL, where the model answers. Figures are printed, and written to -o, as soon as they are
known, those of each tenth of a run too: what is cut off keeps what it had.

Example: python -m benchmarks.scale local rate tiny --papers POOL -o scale.json
"""


class Part(StrEnum):
    """What can be measured."""

    RATE = "rate"
    TINY = "tiny"
    KILL = "kill"


_PARTS: dict[Part, Callable[[Options, Path], Iterator[Figure]]] = {
    Part.RATE: rate.measure,
    Part.TINY: tiny.measure,
    Part.KILL: kill.measure,
}


class Report:
    """The figures so far: printed and in a file, one by one.

    Args:
        path: of a JSON file; None: there is none.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._content: dict[str, Any] = {"machine": describe_machine(), "parts": {}}
        typer.echo(self._content["machine"])

    def add(self, part: str, figure: Figure) -> None:
        """Print a figure, and write the file anew."""
        self._content["parts"].setdefault(part, {})[figure.name] = figure.value
        wanted = f" (wanted: {figure.goal})" if figure.goal else ""
        typer.echo(f"  {figure.name}: {f'{figure.value} {figure.unit}'.strip()}{wanted}")
        if self._path is not None:
            with atomic_text(self._path) as stream:
                stream.write(json.dumps(self._content, indent=1) + "\n")


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
    report = Report(output)
    for part in parts or list(Part):
        typer.echo(f"{part.value}:")
        with tempfile.TemporaryDirectory(prefix="areatag-scale-") as folder:
            for figure in _PARTS[part](options, Path(folder)):
                report.add(part.value, figure)
