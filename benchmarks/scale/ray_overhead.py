"""What a Ray cluster costs beside the local engine, on the same papers and cores."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from benchmarks.machine import describe_machine
from benchmarks.scale.lakes import LakeSize, make_lake, run_areatag
from data.atomic import atomic_text

HELP = """Label a lake with the local engine and with --engine ray on a cluster of this machine, in turns.

Both use all cores. Half the lake and the whole one are labelled, and the rate is that of the difference, so that
neither the start of Python and the model nor that of the cluster counts; those are in the figures too. An idle
machine is needed: 40 minutes on two cores with the papers of the default.
"""


def main(
    papers: Annotated[int, typer.Option(min=20, help="Papers of the whole lake.")] = 8000,
    words: Annotated[int, typer.Option(min=20, help="Words of a paper.")] = 150,
    turns: Annotated[int, typer.Option(min=1, help="Times that both engines run.")] = 3,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="JSON file for the figures.")] = None,
) -> None:
    """Measure and print."""
    machine, rows = describe_machine(), []
    with tempfile.TemporaryDirectory(prefix="areatag-scale-") as name:
        folder = Path(name)
        sizes = {"half": papers // 2, "whole": papers}
        for lake, count in sizes.items():
            make_lake(folder / lake, LakeSize(10, count // 10, words))
        for turn in range(turns):
            for engine in ("local", "ray"):
                seconds = {lake: _seconds(folder / lake, folder / f"{engine}-{lake}-{turn}", engine) for lake in sizes}
                rate = (sizes["whole"] - sizes["half"]) / (seconds["whole"] - seconds["half"])
                start = seconds["half"] - sizes["half"] / rate
                rows.append({"engine": engine, "papers_per_second": rate, "start_seconds": start})
    median = {engine: _median(rows, engine, "papers_per_second") for engine in ("local", "ray")}
    report: dict[str, Any] = {
        "machine": machine,
        "turns": rows,
        "papers_per_second": median,
        "overhead": median["local"] / median["ray"] - 1,
        "start_seconds": {engine: _median(rows, engine, "start_seconds") for engine in median},
    }
    Console().print(json.dumps(report, indent=1))
    if output is not None:
        with atomic_text(output) as stream:
            stream.write(json.dumps(report, indent=1) + "\n")


def _seconds(lake: Path, output: Path, engine: str) -> float:
    out = output if engine == "ray" else output.with_suffix(".jsonl")
    return _timed(lambda: run_areatag("label", lake, "-o", out, "--engine", engine))


def _timed(run: Callable[[], object]) -> float:
    start = time.monotonic()
    run()
    return time.monotonic() - start


def _median(rows: list[dict[str, Any]], engine: str, figure: str) -> float:
    return float(statistics.median(row[figure] for row in rows if row["engine"] == engine))
