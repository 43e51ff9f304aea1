"""A run of `areatag label` that is killed with SIGKILL again and again and resumed, against one that is not."""

from __future__ import annotations

import filecmp
import json
import random
import subprocess
import time
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path

from benchmarks.scale.options import Options
from benchmarks.scale.tiny import STUB
from benchmarks.scale.watched_run import COMMAND, ROOT, own_home
from benchmarks.serving.figures import Figure
from data.errors import AreatagError
from data.papers import Reject
from data.readers import read_papers
from serving.batch.partial import records_done
from serving.batch.paths import default_rejected

_RECORDS = 20_000
_MOST_LATE = 0.2
"""Seconds: a kill comes at any moment of so long a time after the run has come to its place."""


def measure(options: Options, folder: Path) -> Iterator[Figure]:
    """How many kills met the run at work, and whether both outputs have the same bytes.

    With papers of a pool the model answers, else one that takes no time; every hundredth record is none, every tenth
    paper comes twice.
    """
    source = folder / "papers.jsonl"
    with source.open("w", encoding="utf-8", errors="replace") as file:
        file.writelines(_lines(options))
    whole, killed = folder / "whole.jsonl", folder / "killed.jsonl"
    command = [*(COMMAND if options.papers else STUB), str(source)]
    _run(command, whole)
    moments = random.Random(options.seed)
    places = sorted(moments.random() for _ in range(options.kills))
    records = options.records or _RECORDS
    met = 0
    for number, place in enumerate(places, start=1):
        met += _killed(command, killed, place * records, moments.uniform(0, _MOST_LATE))
        yield Figure(f"kill {number}", records_done(killed) or 0, "records are done")
    _run([*command, "--resume"], killed)
    pairs = ((whole, killed), (default_rejected(whole), default_rejected(killed)))
    same = all(filecmp.cmp(*pair, shallow=False) for pair in pairs)
    left = sum(".partial" in path.name for path in folder.iterdir())
    yield Figure("kills that met the run at work", met, f"of {options.kills}")
    yield Figure("same bytes as a run that nobody killed", same, "", "True")
    yield Figure("partial files left", left, "", "0")


def _lines(options: Options) -> Iterator[str]:
    most, before = options.records or _RECORDS, ""
    for number, record in enumerate(islice(_records(options.papers), most)):
        line = json.dumps(record) + "\n"
        yield "{broken\n" if number % 100 == 99 else before if number % 10 == 9 else line
        before = line


def _records(papers: Sequence[str]) -> Iterator[dict[str, object]]:
    if papers:
        return (record.to_record() for record in read_papers(papers) if not isinstance(record, Reject))
    return ({"id": f"w{number}", "title": f"A note on geese, part {number}"} for number in count())


def _killed(command: Sequence[str], output: Path, place: float, late: float) -> bool:
    """Kill a run so many seconds after so many records are on the disk; whether it was still at work."""
    process = subprocess.Popen(
        [*command, "-o", str(output), "--resume"], cwd=ROOT, env=own_home(output.parent), stderr=subprocess.DEVNULL
    )
    while process.poll() is None and (records_done(output) or 0) < place:
        time.sleep(0.01)
    time.sleep(late)
    at_work = process.poll() is None
    process.kill()
    process.wait()
    return at_work


def _run(command: Sequence[str], output: Path) -> None:
    """Run to the end."""
    done = subprocess.run(
        [*command, "-o", str(output)],
        cwd=ROOT,
        env=own_home(output.parent),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AreatagError(f"areatag label failed: {done.stderr.strip()}")
