"""Whether memory stays flat under load."""

from __future__ import annotations

import asyncio
import time

from benchmarks.serving.figures import Figure, slope
from benchmarks.serving.load import Load, caller, closed_loop
from benchmarks.serving.part import Options
from benchmarks.serving.service_process import ServiceProcess, running_service

_CLIENTS = 16
_SAMPLES = 100
_SETTLED = 0.25
"""Part of the time after which caches and thread pools have their size."""


def measure(options: Options) -> list[Figure]:
    """PSS of all processes of the service over the whole load, and its growth after the first quarter."""
    with running_service(options.model, options.workers) as service:
        load, minutes, sizes = asyncio.run(_measure(service, options))
    settled = [place for place, minute in enumerate(minutes) if minute >= _SETTLED * options.minutes]
    growth = slope([minutes[place] for place in settled], [sizes[place] for place in settled])
    return [
        Figure("minutes of load", options.minutes, "min"),
        Figure("memory, first", round(sizes[0], 1), "MiB"),
        Figure("memory, largest", round(max(sizes), 1), "MiB"),
        Figure("memory, last", round(sizes[-1], 1), "MiB"),
        Figure("memory, growth", round(growth, 3), "MiB/min", "flat: at most 0.5"),
        Figure("papers tagged", len(load.answered())),
        Figure("answers by status", load.statuses()),
    ]


async def _measure(service: ServiceProcess, options: Options) -> tuple[Load, list[float], list[float]]:
    minutes: list[float] = []
    sizes: list[float] = []
    start = time.monotonic()

    async def sample() -> None:
        while True:
            sizes.append(await asyncio.to_thread(service.memory_mib))
            minutes.append((time.monotonic() - start) / 60)
            await asyncio.sleep(60 * options.minutes / _SAMPLES)

    sampling = asyncio.create_task(sample())
    try:
        async with caller(service.url, options.bodies(256)) as calls:
            return await closed_loop(calls, _CLIENTS, 60 * options.minutes), minutes, sizes
    finally:
        sampling.cancel()
