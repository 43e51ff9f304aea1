"""Tagging before and during a retraining of the service, and how long that retraining takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import numpy as np
import typer

from benchmarks.retraining.report import Table, write_report
from benchmarks.retraining.workplace import home_at, workplace
from benchmarks.serving.figures import Percentiles
from benchmarks.serving.load import Caller, Load, caller, closed_loop, open_loop
from benchmarks.serving.part import Options
from benchmarks.serving.service_process import ServiceProcess, running_service
from data.errors import AreatagError
from data.papers import Paper
from data.tagged_papers import REPLAY_VARIABLE, VARIABLE, remember
from model.artefact import Artefact
from model.versions import resolve_model

HELP = """Measure POST /tag before and while the service retrains on 200 labels.

Starts `areatag serve` with a home of its own that has a cache of tagged papers to replay, stores the labels by
POST /feedback, calls /tag at a fixed rate, asks for POST /retrain and goes on calling until that has ended. A
latency counts from when its call was due. Papers are invented and their labels drawn by chance, which changes nothing
in the time it takes. Wanted: the retraining under ten minutes on two cores, p99 at most doubled.

The full run takes about 15 minutes on two cores; it gives up after --minutes.

\b
Example of a trial, minutes on an idle core:
  python -m benchmarks.retraining latency --labels 40 --cached 240 --tokens 60 --seconds 20 --rate 2
"""
_POLL_SECONDS = 5.0
_WARM_UP_SECONDS = 5.0
_MOST_LABELS = 100
"""Labels of one call of POST /feedback."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command line."""

    labels: int
    cached: int
    tokens: int
    rate: float
    seconds: float
    minutes: float
    seed: int
    model: str | None


def main(
    output: Annotated[Path, typer.Option("-o", help="Results, without suffix.")] = Path("retrain-latency"),
    labels: Annotated[int, typer.Option(min=1, help="Labels to learn.")] = 200,
    cached: Annotated[int, typer.Option(min=0, help="Tagged papers in the cache; under 200 only heads learn.")] = 1000,
    tokens: Annotated[int, typer.Option(min=20, help="Tokens of a paper.")] = 250,
    rate: Annotated[float, typer.Option(min=0.1, help="Calls of /tag a second.")] = 2.0,
    seconds: Annotated[float, typer.Option(min=2, help="Length of the load before the retraining.")] = 120.0,
    minutes: Annotated[float, typer.Option(min=1, help="Give up when the retraining takes longer.")] = 60.0,
    model: Annotated[str | None, typer.Option(help="Model to serve.  [default: bundled]")] = None,
    seed: Annotated[int, typer.Option(help="Of papers and labels.")] = 0,
) -> None:
    """Measure and print; `HELP` is what people read."""
    wanted = Wanted(labels, cached, tokens, rate, seconds, minutes, seed, model)
    try:
        with workplace(None) as place:
            figures = measure(wanted, place)
    except AreatagError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    settings = {"labels": labels, "cached papers": cached, "tokens": tokens, "calls a second": rate, "seed": seed}
    typer.echo(write_report(output, "Tagging while the service retrains", settings, [table(figures)], figures))


def measure(wanted: Wanted, place: Path) -> dict[str, Any]:
    """Serve, retrain and call.

    Raises:
        AreatagError: the service does not start or refuses, or the retraining fails or takes too long.
    """
    options = Options(wanted.model, tokens=wanted.tokens, seed=wanted.seed)
    papers = options.papers(wanted.labels + wanted.cached + 100)
    labelled, cached = papers[: wanted.labels], papers[wanted.labels : wanted.labels + wanted.cached]
    home = place / "home"
    with home_at(home):
        if cached:
            remember(cached, len(cached))
    settings = {"AREATAG_HOME": str(home), VARIABLE: str(wanted.cached), REPLAY_VARIABLE: "true"}
    areas = Artefact.open(resolve_model(wanted.model), verify=False).taxonomy.area_ids
    bodies = options.bodies(wanted.labels + wanted.cached + 100)[-100:]  # neither labelled nor cached
    with running_service(wanted.model, settings=settings) as service:
        return asyncio.run(_measure(service, wanted, labelled, areas, bodies))


def table(figures: dict[str, Any]) -> Table:
    """Latencies before and during, their ratio, and the retraining."""
    before, during = figures["before"], figures["during"]
    rows = [
        (f"/tag, {name}, ms", f"{before[name]:.0f}", f"{during[name]:.0f}", f"{during[name] / before[name]:.2f}")
        for name in ("p50", "p90", "p99")
    ]
    rows += [
        (f"p99 while {stage}, {found['calls']} calls", "", f"{found['p99']:.0f}", f"{found['p99'] / before['p99']:.2f}")
        for stage, found in figures["stages"].items()
    ]
    rows.append(("answers", before["statuses"], during["statuses"], ""))
    rows.append(("retraining, minutes", "", f"{figures['retraining']['minutes']:.1f}", ""))
    return Table(f"Retraining: {figures['retraining']['mode']}.", ("measure", "before", "during", "ratio"), tuple(rows))


async def _measure(
    service: ServiceProcess, wanted: Wanted, labelled: Sequence[Paper], areas: Sequence[str], bodies: Sequence[bytes]
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {service.admin_key}"}
    async with caller(service.url, bodies) as calls, aiohttp.ClientSession(service.url, headers=headers) as admin:
        await _store(admin, labelled, areas, wanted.seed)
        await closed_loop(calls, 1, _WARM_UP_SECONDS)
        before = await open_loop(calls, wanted.rate, wanted.seconds)
        record, stages = await _retrain(admin, calls, wanted)
    return {
        "before": _summary(before),
        "during": _summary(Load([call for load in stages.values() for call in load.calls])),
        "stages": {stage: _summary(load) for stage, load in stages.items()},
        "retraining": {
            "minutes": record["seconds"] / 60,
            "mode": record["metrics"]["training"]["trained"],
            "verdict": record["verdict"],
            "data": record["metrics"]["data"],
        },
    }


async def _store(admin: aiohttp.ClientSession, papers: Sequence[Paper], areas: Sequence[str], seed: int) -> None:
    """Store one to three areas for every paper."""
    random = np.random.default_rng(seed)
    labels = [
        {
            "paper": {"id": paper.id, "title": paper.title, "abstract": paper.abstract},
            "areas": random.choice(areas, random.integers(1, 4), replace=False).tolist(),
        }
        for paper in papers
    ]
    for start in range(0, len(labels), _MOST_LABELS):
        await _answer(admin, "POST", "/feedback", {"labels": labels[start : start + _MOST_LABELS]})


async def _retrain(
    admin: aiohttp.ClientSession, calls: Caller, wanted: Wanted
) -> tuple[dict[str, Any], dict[str, Load]]:
    """Start a retraining and call until it has ended; the calls by the stage in which they began."""
    job = await _answer(admin, "POST", "/retrain", {"promote": "auto"})
    start = time.monotonic()
    stages: dict[str, Load] = {}
    while job["state"] in ("queued", "running"):
        part = await open_loop(calls, wanted.rate, _POLL_SECONDS)
        stages.setdefault(job["stage"] or job["state"], Load()).calls += part.calls
        job = await _answer(admin, "GET", f"/retrain/{job['job']}")
        typer.echo(f"{job['stage']} {job['step']}/{job['steps']}", err=True)
        if time.monotonic() - start > 60 * wanted.minutes and job["state"] in ("queued", "running"):
            await _answer(admin, "DELETE", f"/retrain/{job['job']}")
            raise AreatagError(f"The retraining took more than {wanted.minutes:g} minutes; allow more with --minutes.")
    if job["state"] != "succeeded":
        raise AreatagError(f"The retraining did not succeed: {job['error']}")
    return job, stages


async def _answer(admin: aiohttp.ClientSession, method: str, path: str, body: object = None) -> dict[str, Any]:
    async with admin.request(method, path, json=body) as answer:
        if answer.status >= 400:
            raise AreatagError(f"{method} {path} was answered {answer.status}: {(await answer.text())[:300]}")
        found: dict[str, Any] = await answer.json()
        return found


def _summary(load: Load) -> dict[str, Any]:
    found = Percentiles.of(load.latencies())
    return {"p50": found.p50, "p90": found.p90, "p99": found.p99, "calls": found.count, "statuses": load.statuses()}
