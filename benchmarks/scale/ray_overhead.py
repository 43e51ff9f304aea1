"""What a Ray cluster costs beside the local engine, on the same papers and cores."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.machine import describe_machine
from benchmarks.scale.lakes import LakeSize, make_lake, run_areatag
from data.atomic import atomic_text
from data.errors import AreatagError

HELP = """Label a lake with the local engine and with --engine ray on a cluster of this machine, in turns.

Both use all cores. Half the lake and the whole one are labelled, and the rate is that of the difference, so that
neither the start of Python and the model nor that of the cluster counts; those are shown beside it. Files are as long
in both lakes, so what a part costs beside its papers does count. The engine that went first goes last in the next turn.
Every turn is printed, and written to -o, when it is over. An idle machine is needed: 25 minutes on two cores that do
105 papers a second. Trial: --papers 20 --turns 1.
"""
ENGINES = ("local", "ray")


@dataclass(frozen=True, slots=True)
class Speed:
    """What an engine did in one turn."""

    papers_per_second: float
    """Once it had started."""
    start_seconds: float
    """All else: Python, the model, the cluster, and the end."""

    @classmethod
    def of(cls, papers: tuple[int, int], seconds: tuple[float, float]) -> Speed:
        """Return it from two runs.

        Args:
            papers: of half the lake and of the whole one.
            seconds: that they took.

        Raises:
            AreatagError: the whole lake took no longer than half of it.
        """
        more, longer = papers[1] - papers[0], seconds[1] - seconds[0]
        if longer <= 0:
            raise AreatagError(
                "The whole lake took no longer than half of it: give it more --papers, or a quiet machine."
            )
        return cls(more / longer, seconds[0] - papers[0] * longer / more)


Turn = Mapping[str, Speed]
"""By engine."""


def main(
    parts: Annotated[int, typer.Option(min=2, help="Files of the whole lake; each is one part.")] = 4,
    papers: Annotated[int, typer.Option(min=1, help="Papers of a part; --engine ray makes parts of 16,384.")] = 4096,
    words: Annotated[int, typer.Option(min=20, help="Words of a paper.")] = 150,
    turns: Annotated[int, typer.Option(min=1, help="Times that both engines run.")] = 3,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="JSON file for the figures.")] = None,
) -> None:
    """Measure, and print each turn."""
    machine, found = describe_machine(), list[Turn]()
    typer.echo(machine)
    with tempfile.TemporaryDirectory(prefix="areatag-scale-") as name:
        folder = Path(name)
        os.environ["AREATAG_HOME"] = str(folder / "home")  # of both engines: no labels and models of this machine
        sizes = (LakeSize(parts // 2, papers, words), LakeSize(parts, papers, words))
        for size in sizes:
            make_lake(folder / str(size.files), size)
        for turn in range(turns):
            found.append({engine: _speed(folder, sizes, engine) for engine in ENGINES[:: -1 if turn % 2 else 1]})
            report = {"machine": machine, "papers_of_a_part": papers, **summary(found)}
            typer.echo(json.dumps(report["turns"][-1]))
            if output is not None:
                with atomic_text(output) as stream:
                    stream.write(json.dumps(report, indent=1) + "\n")
    typer.echo(json.dumps({name: value for name, value in report.items() if name != "turns"}, indent=1))


def _speed(folder: Path, sizes: tuple[LakeSize, LakeSize], engine: str) -> Speed:
    papers = (sizes[0].files * sizes[0].papers, sizes[1].files * sizes[1].papers)
    return Speed.of(papers, (_seconds(folder, sizes[0], engine), _seconds(folder, sizes[1], engine)))


def _seconds(folder: Path, size: LakeSize, engine: str) -> float:
    with tempfile.TemporaryDirectory(dir=folder) as out:
        start = time.monotonic()
        run_areatag(
            "label", folder / str(size.files), "-o", Path(out, "labels"), "--engine", engine, "--format", "jsonl"
        )
        seconds = time.monotonic() - start
    typer.echo(f"{engine}, {size.files * size.papers} papers: {seconds:.1f} s")
    return seconds


def summary(turns: Sequence[Turn]) -> dict[str, Any]:
    """Return the figures of some turns: the overhead of Ray as a share, with its spread over the turns."""
    overheads = [turn["local"].papers_per_second / turn["ray"].papers_per_second - 1 for turn in turns]
    rates, starts = (
        {engine: statistics.median(getattr(turn[engine], name) for turn in turns) for engine in ENGINES}
        for name in ("papers_per_second", "start_seconds")
    )
    return {
        "turns": [
            {"overhead": overhead, **{engine: asdict(turn[engine]) for engine in ENGINES}}
            for turn, overhead in zip(turns, overheads, strict=True)
        ],
        "papers_per_second": rates,
        "start_seconds": starts,
        "overhead": {"median": statistics.median(overheads), "least": min(overheads), "most": max(overheads)},
    }
