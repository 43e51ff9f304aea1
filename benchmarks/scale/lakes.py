"""Invented lakes, what the local engine says of their papers, and whether a run over them says the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.serving.papers import invented_papers
from data.errors import AreatagError
from data.papers import Paper

ROOT = Path(__file__).parents[2]

Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class LakeSize:
    """How large an invented lake is."""

    files: int
    papers: int
    """In each file."""
    words: int
    """Of each paper, about."""


def make_lake(folder: Path, size: LakeSize) -> None:
    """Write files of JSON Lines and, each third, Parquet; each begins with a record that is no paper."""
    folder.mkdir(parents=True)
    papers = iter(invented_papers(size.files * size.papers, size.words, lambda text: len(text.split())))
    for number in range(size.files):
        rows = [_row(next(papers)) for _ in range(size.papers)]
        name = f"papers-{number:04d}"
        if number % 3 == 2:
            table = pa.Table.from_pylist([{"id": f"none-{number}", "title": None, "abstract": None}, *rows])
            pq.write_table(table, folder / f"{name}.parquet")
        else:
            lines = [json.dumps(row) for row in rows]
            (folder / f"{name}.jsonl").write_text("\n".join(["{no record", *lines]) + "\n")


def _row(paper: Paper) -> dict[str, str]:
    return {"id": paper.id, "title": paper.title, "abstract": paper.abstract}


def areatag(*arguments: object) -> subprocess.Popen[str]:
    """Start a command of areatag; its messages come on stderr."""
    command = [sys.executable, "-m", "serving.cli.main", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def run_areatag(*arguments: object) -> str:
    """Run a command of areatag to its end and return its messages.

    Raises:
        AreatagError: it failed.
    """
    process = areatag(*arguments)
    _, messages = process.communicate()
    if process.returncode:
        raise AreatagError(f"areatag {' '.join(map(str, arguments))} failed: {messages.strip()[-500:]}")
    return messages


def read_labels(folder: Path) -> Records:
    """Return the label records below an output folder."""
    found: Records = []
    for path in sorted((folder / "labels").iterdir()):
        if path.suffix == ".parquet":
            found += pq.read_table(path).to_pylist()
        else:
            found += read_lines(path)
    return found


def read_lines(path: Path) -> Records:
    """Return the records of a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True, slots=True)
class Compared:
    """What a run says, beside the local engine."""

    papers: int
    missing: int
    twice: int
    other_areas: int
    """Papers with other areas than from the local engine."""
    largest_difference: float
    """Of the probability of an area that both give."""

    @property
    def is_same(self) -> bool:
        """Whether every paper is there once and has the same areas."""
        return not (self.missing or self.twice or self.other_areas)

    def to_record(self) -> dict[str, Any]:
        """Return it for a JSON file."""
        return asdict(self)


def compare(expected: Records, found: Iterable[dict[str, Any]]) -> Compared:
    """Compare label records, id for id."""
    found = list(found)
    times = Counter(record["id"] for record in found)
    by_id = {record["id"]: _scores(record) for record in found}
    wanted = {record["id"]: _scores(record) for record in expected}
    both = [(scores, by_id[paper]) for paper, scores in wanted.items() if paper in by_id]
    return Compared(
        papers=len(wanted),
        missing=len(wanted.keys() - by_id.keys()),
        twice=sum(count > 1 for count in times.values()) + len(by_id.keys() - wanted.keys()),
        other_areas=sum(here.keys() != there.keys() for here, there in both),
        largest_difference=max(
            (abs(here[area] - there[area]) for here, there in both for area in here.keys() & there.keys()), default=0.0
        ),
    )


def _scores(record: dict[str, Any]) -> dict[str, float]:
    return {area["id"]: float(area["score"]) for area in record["areas"]}
