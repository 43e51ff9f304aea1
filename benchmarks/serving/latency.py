"""How long one paper takes, at a rate that does not wait for the answers."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence

from benchmarks.serving.figures import Figure, Percentiles
from benchmarks.serving.load import Caller, caller, closed_loop, open_loop
from benchmarks.serving.part import Options
from benchmarks.serving.service_process import running_service
from model.tagger import Tagger

_WARM_UP_SECONDS = 5.0
_SUSTAINED = 0.7
"""Part of the capacity at which a queue stays short although calls come at set times."""
_GOALS = ("under 15", "", "under 40")
_PAPERS = 100


def measure(options: Options) -> list[Figure]:
    """Latency of calls one after the other, beside the tagger alone, then at the wanted rate or a lower one."""
    with running_service(options.model, options.workers) as service:
        return [
            Figure("start to ready", round(service.seconds_to_ready, 2), "s", "under 5"),
            Figure("memory when ready", round(service.memory_mib(), 1), "MiB", "under 450"),
            *asyncio.run(_measure(service.url, options)),
        ]


async def _measure(url: str, options: Options) -> list[Figure]:
    figures: list[Figure] = []
    async with caller(url, options.bodies(_PAPERS)) as calls:
        await closed_loop(calls, 1, _WARM_UP_SECONDS)
        figures += await _calls_and_tagger(calls, options)
        capacity = (await closed_loop(calls, 8, options.seconds / 2)).rate
        figures.append(Figure("capacity, 8 clients", round(capacity, 1), "papers/s"))
        for rate in rates(options.rate, capacity):
            load = await open_loop(calls, rate, options.seconds)
            name = f"{rate:g} calls/s"
            goals: Sequence[str] = _GOALS if rate == options.rate else ("", "", "")
            if load.answered():
                figures += Percentiles.of(load.latencies()).figures(name, (goals[0], goals[1], goals[2]))
            figures.append(Figure(f"{name}, answers by status", load.statuses()))
    return figures


async def _calls_and_tagger(calls: Caller, options: Options) -> list[Figure]:
    """Calls one after the other, in turns with the tagger in this process: both meet the same machine."""
    tagger = Tagger.load(options.model)
    papers = itertools.cycle(options.papers(_PAPERS))
    for _ in range(_PAPERS):
        tagger.tag([next(papers)])
    called: list[float] = []
    tagged: list[float] = []
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        call = await calls.call()
        called += [call.latency] if call.status == 200 else []
        start = time.monotonic()
        tagger.tag([next(papers)])
        tagged.append(time.monotonic() - start)
    calling, tagging = Percentiles.of(called), Percentiles.of(tagged)
    return [
        *calling.figures("one call after the other"),
        *tagging.figures("the tagger alone, in turns with these calls"),
        Figure("a call above the tagger, p50", round(calling.p50 - tagging.p50, 2), "ms", "at most 3"),
    ]


def rates(wanted: float, capacity: float) -> list[float]:
    """The rates to measure: the one wanted, and first a lower one where the machine cannot sustain it."""
    sustained = round(_SUSTAINED * capacity, 1)
    return [wanted] if wanted <= sustained else [sustained, wanted]
