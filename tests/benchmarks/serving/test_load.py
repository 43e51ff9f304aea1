"""Load against a small server in the same loop: counts, statuses and times, no speed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from benchmarks.serving.load import Call, Caller, Load, caller, closed_loop, open_loop
from benchmarks.serving.overload import lost_calls
from tests.support.waiting import PATIENCE


@asynccontextmanager
async def _server(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/tag", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _run(answer: Callable[[web.Request], Awaitable[web.Response]], load: Callable[[Caller], Awaitable[Load]]) -> Load:
    async def run() -> Load:
        async with _server(answer) as url, caller(url, [b"{}", b"[]"]) as calls:
            return await load(calls)

    return asyncio.run(run())


def test_open_loop_sends_every_call_however_slow_the_answers() -> None:
    """Latency counts from when a call was due, not from when an earlier one came back."""

    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(0.3)
        return web.Response(text="ok")

    load = _run(slow, lambda calls: open_loop(calls, rate=50, seconds=0.4))
    assert len(load.calls) == len(load.answered()) == 20
    assert all(call.sent >= call.due and call.latency >= 0.3 for call in load.calls)


def test_closed_loop_keeps_so_many_calls_in_flight() -> None:
    """Never more than its clients; bodies take turns."""
    running, most, bodies, together = 0, 0, set(), asyncio.Event()

    async def count(request: web.Request) -> web.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        bodies.add(await request.read())
        if running == 3:
            together.set()
        await asyncio.wait_for(together.wait(), PATIENCE)
        await asyncio.sleep(0.01)
        running -= 1
        return web.Response(text="ok")

    load = _run(count, lambda calls: closed_loop(calls, clients=3, seconds=0.2))
    assert most == 3
    assert bodies == {b"{}", b"[]"}
    assert load.rate > 0
    assert load.statuses() == f"200: {len(load.calls)}"


def test_refusals_keep_their_retry_after() -> None:
    """A status that is not 200 is counted under its own number."""

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "3"})

    load = _run(refuse, lambda calls: open_loop(calls, rate=100, seconds=0.05))
    assert {call.retry_after for call in load.answered(429)} == {"3"}
    assert load.latencies(200) == []


def test_a_connection_that_fails_is_a_call_without_an_answer() -> None:
    """The load goes on."""

    async def run() -> Load:
        async with caller("http://127.0.0.1:1", [b"{}"]) as calls:
            return await open_loop(calls, rate=100, seconds=0.03)

    assert asyncio.run(run()).statuses() == "no answer: 3"


def test_calls_are_lost_only_when_they_were_surely_accepted() -> None:
    """What was sent around or after the stop may find nobody."""
    load = Load([Call(0, sent, 9, status) for sent, status in ((1, 200), (2, 429), (3, 0), (4.8, 0), (6, 0), (1, 500))])
    assert lost_calls(load, stopped=5.0) == 2
