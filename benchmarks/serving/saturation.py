"""Papers a second with many clients, against `areatag label` on the same papers and machine, in the same run."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.serving.figures import Figure, Percentiles
from benchmarks.serving.load import Load, caller, closed_loop
from benchmarks.serving.part import Options
from benchmarks.serving.service_process import ROOT, running_service
from data.papers import Paper

_WARM_UP_SECONDS = 5.0
_LABEL_SECONDS = 3600


def measure(options: Options) -> list[Figure]:
    """The rate of the service, that of `areatag label`, and their ratio."""
    with running_service(options.model, options.workers) as service:
        load = asyncio.run(_saturate(service.url, options))
    labelled = label_rate(options.papers(max(64, int(load.rate * options.seconds))), options)
    return [
        Figure(f"service, {options.clients} clients", round(load.rate, 2), "papers/s"),
        *Percentiles.of(load.latencies()).figures(f"service, {options.clients} clients"),
        Figure("answers by status", load.statuses()),
        Figure("areatag label", round(labelled, 2), "papers/s"),
        Figure("service against areatag label", round(100 * load.rate / labelled, 1), "%", "at least 80"),
    ]


async def _saturate(url: str, options: Options) -> Load:
    async with caller(url, options.bodies(256)) as calls:
        await closed_loop(calls, options.clients, _WARM_UP_SECONDS)
        return await closed_loop(calls, options.clients, options.seconds)


def label_rate(papers: list[Paper], options: Options) -> float:
    """Papers a second of `areatag label`, its start and end left out: those of a run on one paper are taken off."""
    with tempfile.TemporaryDirectory(prefix="areatag-benchmark-") as folder:
        start_up = _label_seconds(papers[:1], Path(folder), options)
        return (len(papers) - 1) / (_label_seconds(papers, Path(folder), options) - start_up)


def _label_seconds(papers: list[Paper], folder: Path, options: Options) -> float:
    source, target = folder / "papers.jsonl", folder / "areas.jsonl"
    lines = (json.dumps({"id": p.id, "title": p.title, "abstract": p.abstract}) for p in papers)
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "serving.cli.main", "label", str(source), "-o", str(target)]
    command += ["--model", options.model] if options.model else []
    environment = {**os.environ, "AREATAG_HOME": str(folder / "home")}
    start = time.monotonic()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=_LABEL_SECONDS)
    return time.monotonic() - start
