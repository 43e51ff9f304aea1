"""Measure the REST service with a load from this process: `python -m benchmarks.serving [PART]... [-o FILE]`."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe_machine
from benchmarks.serving import hostile, killed_worker, latency, memory, overload, saturation
from benchmarks.serving.figures import Figure
from benchmarks.serving.part import Options
from data.atomic import atomic_text
from data.errors import AreatagError
from model.artefact import Artefact
from model.versions import resolve_model


class Part(StrEnum):
    """What can be measured."""

    LATENCY = "latency"
    SATURATION = "saturation"
    OVERLOAD = "overload"
    HOSTILE = "hostile"
    KILLED_WORKER = "killed-worker"
    MEMORY = "memory"


_PARTS: dict[Part, Callable[[Options], list[Figure]]] = {
    Part.LATENCY: latency.measure,
    Part.SATURATION: saturation.measure,
    Part.OVERLOAD: overload.measure,
    Part.HOSTILE: hostile.measure,
    Part.KILLED_WORKER: killed_worker.measure,
    Part.MEMORY: memory.measure,
}


def main(
    parts: Annotated[list[Part] | None, typer.Argument(help="What to measure; nothing: everything.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="JSON file for the figures.")] = None,
    model: Annotated[str | None, typer.Option(help="Model to serve; by default the active one.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes of the service.")] = 1,
    tokens: Annotated[int, typer.Option(min=20, help="Tokens of a paper.")] = 250,
    rate: Annotated[float, typer.Option(min=0.1, help="Calls a second of the latency part.")] = 20.0,
    clients: Annotated[int, typer.Option(min=1, help="Calls in flight of the saturation part.")] = 64,
    seconds: Annotated[float, typer.Option(min=2, help="Length of each load.")] = 20.0,
    minutes: Annotated[float, typer.Option(min=0.1, help="Length of the memory part.")] = 10.0,
    requests: Annotated[int, typer.Option(min=1, help="Hostile requests.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of papers and hostile requests.")] = 0,
) -> None:
    """Start `areatag serve` for each part, measure it, and print the figures."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the service is stopped too
    options = Options(model, workers, tokens, rate, clients, seconds, minutes, requests, seed)
    report: dict[str, Any] = {
        "machine": describe_machine(),
        "model": Artefact.open(resolve_model(model), verify=False).version,
        "parts": {},
    }
    console = Console()
    console.print(f"{report['machine']}, model {report['model']}")
    for part in parts or list(Part):
        start = time.monotonic()
        try:
            figures = _PARTS[part](options)
        except AreatagError as error:
            console.print(f"{part.value}: {error}", markup=False)
            raise typer.Exit(1) from None
        report["parts"][part.value] = [
            {"name": figure.name, "value": figure.value, "unit": figure.unit, "goal": figure.goal} for figure in figures
        ]
        console.print(_table(f"{part.value}, {time.monotonic() - start:.0f} s", figures))
        if output is not None:  # after every part: a later one that fails costs nothing
            with atomic_text(output) as stream:
                stream.write(json.dumps(report, indent=1) + "\n")


def _table(title: str, figures: list[Figure]) -> Table:
    table = Table("measure", "value", "unit", "goal", title=title, title_justify="left")
    for figure in figures:
        table.add_row(figure.name, str(figure.value), figure.unit, figure.goal)
    return table


if __name__ == "__main__":
    typer.run(main)
