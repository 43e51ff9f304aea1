"""Very many tiny records through `areatag label`, with a model that takes no time: what the rest costs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.scale.options import Options
from benchmarks.scale.watched_run import Rate, tenths, watched_label
from benchmarks.serving.figures import Figure

_RECORDS = 10_000_000
STUB = (sys.executable, "-m", "benchmarks.scale.stub", "label")


def measure(options: Options, folder: Path) -> Iterator[Figure]:
    """CPU of a record and memory in each tenth of the run."""
    records = options.records or _RECORDS
    source = folder / "tiny.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for number in range(records):
            file.write(json.dumps({"id": f"w{number}", "title": f"A note on geese, part {number}"}) + "\n")
    found: list[Rate] = []
    for part in tenths(watched_label([str(source)], folder / "areas.jsonl", STUB), records):
        found.append(part)
        yield Figure(f"tenth {len(found)}", str(part))
    cost = [1000 * part.cpu_milliseconds for part in found]
    memory = [part.last.mebibytes for part in found]
    yield Figure("records", found[-1].last.records, f"of {records}")
    yield Figure("CPU of a record by tenth of the run", " ".join(f"{each:.0f}" for each in cost), "µs")
    yield Figure("last tenth against the second", round(cost[-1] / cost[1], 3), "", "at most 1.1")
    yield Figure("memory at the end of each tenth", " ".join(f"{each:.0f}" for each in memory), "MiB")
    yield Figure("growth after the second tenth", round(memory[-1] - memory[1], 1), "MiB", "at most 16")
    yield Figure("records a second, last tenth", round(found[-1].a_second))
