"""Load on POST /tag from this process: calls at set times (open loop), or one after the other (closed loop)."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

_CALL_SECONDS = 120.0
"""After this a call counts as failed: no part waits for ever."""
NO_ANSWER = 0
"""Status of a call whose connection failed."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that is over; times are of time.monotonic."""

    due: float
    """When it was to be sent. Latency counts from here, so that a stalled service is not spared the calls that a
    stalled client would not have sent (Tene's "coordinated omission")."""
    sent: float
    done: float
    status: int
    retry_after: str | None = None

    @property
    def latency(self) -> float:
        """Seconds from when it was due until it was answered."""
        return self.done - self.due


@dataclass(slots=True)
class Load:
    """All calls of one load."""

    calls: list[Call] = field(default_factory=list)
    seconds: float = 0.0
    """From the first call's time to the last one's answer."""

    def answered(self, status: int = 200) -> list[Call]:
        """The calls with a status."""
        return [call for call in self.calls if call.status == status]

    def latencies(self, status: int = 200) -> list[float]:
        """Latencies in seconds of the calls with a status."""
        return [call.latency for call in self.answered(status)]

    @property
    def rate(self) -> float:
        """Calls answered 200 a second."""
        return len(self.answered()) / self.seconds if self.seconds else 0.0

    def statuses(self) -> str:
        """How many calls had which status."""
        counts = sorted(Counter(call.status for call in self.calls).items())
        return ", ".join(f"{status or 'no answer'}: {count}" for status, count in counts)


class Caller:
    """Sends the given bodies to POST /tag, in turn."""

    def __init__(self, session: aiohttp.ClientSession, bodies: Sequence[bytes]) -> None:
        self._session, self._bodies = session, itertools.cycle(bodies)

    async def call(self, due: float | None = None) -> Call:
        """Send one call now and wait for its answer."""
        sent = time.monotonic()
        status, retry_after = NO_ANSWER, None
        try:
            async with self._session.post("/tag", data=next(self._bodies)) as answer:
                await answer.read()
                status, retry_after = answer.status, answer.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass  # counted as a call without an answer
        return Call(sent if due is None else due, sent, time.monotonic(), status, retry_after)


async def open_loop(caller: Caller, rate: float, seconds: float, at: Callable[[float], None] = lambda _: None) -> Load:
    """Send `rate` calls a second, each at its time whether or not earlier ones are answered.

    Args:
        caller: sends one call and waits for its answer.
        rate: calls a second.
        seconds: for how long.
        at: told the seconds gone by before every call; may act on the service.
    """
    load, tasks = Load(), []
    start = time.monotonic() + 0.05
    for number in range(max(1, int(rate * seconds))):
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        at(time.monotonic() - start)
        tasks.append(asyncio.create_task(caller.call(due)))
    load.calls = list(await asyncio.gather(*tasks))
    load.seconds = time.monotonic() - start
    return load


async def closed_loop(caller: Caller, clients: int, seconds: float) -> Load:
    """Keep `clients` calls in flight for some seconds; those in flight at the end are waited for and counted."""
    load = Load()
    start = time.monotonic()

    async def client() -> None:
        while time.monotonic() - start < seconds:
            call = await caller.call()
            load.calls.append(call)
            if call.status != 200:
                await asyncio.sleep(0.1)  # a service that refuses or is gone is not to be hammered

    await asyncio.gather(*(client() for _ in range(clients)))
    load.seconds = time.monotonic() - start
    return load


@asynccontextmanager
async def caller(url: str, bodies: Sequence[bytes]) -> AsyncIterator[Caller]:
    """A caller whose connections end with the block."""
    async with aiohttp.ClientSession(
        url,
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=_CALL_SECONDS),
        headers={"Content-Type": "application/json"},
    ) as session:
        yield Caller(session, bodies)
