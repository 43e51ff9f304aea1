"""Ten times more calls than the service can take, also while it is told to stop."""

from __future__ import annotations

import asyncio
import signal

from benchmarks.serving.figures import Figure, Percentiles
from benchmarks.serving.load import NO_ANSWER, Load, caller, closed_loop, open_loop
from benchmarks.serving.part import Options
from benchmarks.serving.service_process import ServiceProcess, running_service

_TIMES = 10
_UNSURE_SECONDS = 0.5
"""A call sent so shortly before SIGTERM may not have reached the service yet."""


def measure(options: Options) -> list[Figure]:
    """Latencies of accepted and refused calls; then the same load with SIGTERM in the middle: is any call lost?"""
    with running_service(options.model, options.workers) as service:
        capacity, load = asyncio.run(_overload(service, options))
    accepted, refused = load.latencies(200), load.answered(429)
    figures = [
        Figure("capacity, 16 clients", round(capacity, 1), "papers/s"),
        Figure("offered", round(len(load.calls) / options.seconds, 1), "calls/s"),
        Figure("answers by status", load.statuses()),
        Figure("accepted", round(load.rate, 1), "papers/s"),
        *Percentiles.of(accepted).figures("accepted", ("", "", "under 10000")),
        Figure("429 without Retry-After", sum(call.retry_after is None for call in refused), "", "0"),
        Figure("neither 200 nor 429", len(load.calls) - len(accepted) - len(refused), "", "0"),
    ]
    if refused:
        figures += Percentiles.of([call.latency for call in refused]).figures("refused")
    with running_service(options.model, options.workers) as service:
        return figures + asyncio.run(_stop_under_load(service, capacity, options))


async def _overload(service: ServiceProcess, options: Options) -> tuple[float, Load]:
    async with caller(service.url, options.bodies(100)) as calls:
        capacity = (await closed_loop(calls, 16, options.seconds / 2)).rate
        return capacity, await open_loop(calls, max(1.0, _TIMES * capacity), options.seconds)


async def _stop_under_load(service: ServiceProcess, capacity: float, options: Options) -> list[Figure]:
    """Send SIGTERM in the middle of the overload."""
    stopped: list[float] = []

    def stop_in_the_middle(seconds: float) -> None:
        if seconds >= options.seconds / 2 and not stopped:
            stopped.append(asyncio.get_running_loop().time())  # the same clock as time.monotonic
            service.process.send_signal(signal.SIGTERM)

    async with caller(service.url, options.bodies(100)) as calls:
        await closed_loop(calls, 4, 2.0)
        load = await open_loop(calls, max(2.0, _TIMES * capacity), options.seconds, stop_in_the_middle)
    return [
        Figure("SIGTERM: answers by status", load.statuses()),
        Figure("SIGTERM: accepted calls lost", lost_calls(load, stopped[0]), "", "0"),
        Figure("SIGTERM: answered after it", sum(call.done > stopped[0] for call in load.answered()), "papers"),
        Figure("SIGTERM: exit status", str(await asyncio.to_thread(service.terminate)), "", "0"),
    ]


def lost_calls(load: Load, stopped: float) -> int:
    """Calls that had surely reached the service before it was told to stop, and were not answered 200 or 429."""
    before = [call for call in load.calls if call.sent < stopped - _UNSURE_SECONDS]
    return sum(call.status == NO_ANSWER or call.status >= 500 for call in before)
