"""kill -9 of one of two worker processes under load: what do clients see, and how soon is it replaced?"""

from __future__ import annotations

import asyncio
import os
import signal
import time

from benchmarks.serving.figures import Figure, Percentiles
from benchmarks.serving.load import NO_ANSWER, Call, Load, caller, closed_loop
from benchmarks.serving.part import Options
from benchmarks.serving.processes import workers_of
from benchmarks.serving.service_process import ServiceProcess, running_service

_WORKERS = 2
_CLIENTS = 8
_PATIENCE = 60.0
"""Seconds for a new worker to come."""


def measure(options: Options) -> list[Figure]:
    """Closed loop over `options.seconds`, with the kill after a quarter of them."""
    with running_service(options.model, max(_WORKERS, options.workers)) as service:
        load, killed, replaced = asyncio.run(_measure(service, options))
        ready = service.ready()
        status = service.terminate()
    before, after = ([call for call in load.calls if (call.sent < killed) == early] for early in (True, False))
    unanswered = [call for call in load.calls if call.status == NO_ANSWER]
    figures = [
        Figure("answers by status", load.statuses()),
        Figure("without an answer", len(unanswered), "calls", f"at most {_CLIENTS}, one a client"),
        Figure("without an answer, sent after the kill", sum(call.sent > killed for call in unanswered), "calls"),
        Figure("answers 5xx", sum(call.status >= 500 for call in load.calls), "", "0"),
        Figure("a new worker process after", round(replaced, 1), "s"),
        Figure("ready afterwards", ready, "", "True"),
        Figure("exit status after SIGTERM", str(status), "", "0"),
    ]
    return [*figures, *_latencies("before", before), *_latencies("after", after)]


def _latencies(name: str, calls: list[Call]) -> list[Figure]:
    return Percentiles.of([call.latency for call in calls if call.status == 200]).figures(f"sent {name} the kill")


async def _measure(service: ServiceProcess, options: Options) -> tuple[Load, float, float]:
    """The load, when (time.monotonic) a worker was killed, and seconds until there were as many as before."""

    async def kill() -> tuple[float, float]:
        await asyncio.sleep(options.seconds / 4)
        alive = workers_of(service.process.pid)
        os.kill(alive[0], signal.SIGKILL)
        start = time.monotonic()
        while len(set(workers_of(service.process.pid)) - {alive[0]}) < len(alive):
            if time.monotonic() - start > _PATIENCE:
                return start, float("inf")
            await asyncio.sleep(0.05)
        return start, time.monotonic() - start

    async with caller(service.url, options.bodies(100)) as calls:
        load, (killed, replaced) = await asyncio.gather(closed_loop(calls, _CLIENTS, options.seconds), kill())
    return load, killed, replaced
