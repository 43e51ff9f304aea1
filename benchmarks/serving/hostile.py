"""Thousands of hostile requests, and whether the service is ready, right and no larger afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.serving.figures import Figure
from benchmarks.serving.hostile_requests import HostileRequest, Target, hostile_requests
from benchmarks.serving.part import Options
from benchmarks.serving.service_process import ServiceProcess, running_service

_CLIENTS = 16
_REQUEST_SECONDS = 20.0
"""Longest time for one request; a service that neither answers nor hangs up by then has a defect."""
_SETTINGS = {"AREATAG_BODY_SECONDS": "2"}  # so that bodies which never end do not take 15 seconds each
_WARM_UP = 300
"""Requests before memory is first measured: code and caches are loaded by then."""


@dataclass(slots=True)
class Outcome:
    """What became of the requests."""

    statuses: Counter[int] = field(default_factory=Counter)
    """Answers by status; 0: the connection ended without one, which a broken request may get."""
    failures: list[str] = field(default_factory=list)
    """Kind and first bytes of requests that got a 5xx (503 apart), or no end at all."""


def measure(options: Options) -> list[Figure]:
    """Send the requests; compare the answers to a paper and the memory before and after."""
    with running_service(options.model, options.workers, _SETTINGS) as service:
        target = Target(_routes(service), service.admin_key)
        before = _answer(service, options)
        outcome = Outcome()
        requests = hostile_requests(options.requests, target, options.seed)
        asyncio.run(_send_some(service, requests, _WARM_UP, outcome))
        memory_before = service.memory_mib()
        asyncio.run(_send_some(service, requests, (options.requests - _WARM_UP) // 2, outcome))
        memory_between = service.memory_mib()
        asyncio.run(_send_some(service, requests, options.requests, outcome))
        ready, same = service.ready(), _answer(service, options) == before
        memory_after = service.memory_mib()
        complaints, status = service.complaints(), service.terminate()
    server_errors = sum(count for code, count in outcome.statuses.items() if code >= 500 and code != 503)
    statuses = ", ".join(f"{code or 'none'}: {count}" for code, count in sorted(outcome.statuses.items()))
    return [
        Figure("hostile requests", sum(outcome.statuses.values())),
        Figure("answers by status", statuses),
        Figure("answers 5xx but 503", server_errors, "", "0"),
        Figure("requests without an end", len(outcome.failures) - server_errors, "", "0"),
        *(Figure("failed request", failure) for failure in outcome.failures[:5]),
        Figure("tracebacks and errors in the log", len(complaints), "", "0"),
        *(Figure("line of the log", line[:300]) for line in complaints[:3]),
        Figure("ready afterwards", ready, "", "True"),
        Figure("same answer as before", same, "", "True"),
        Figure("memory before", round(memory_before, 1), "MiB"),
        Figure("memory, growth in the first half", round(memory_between - memory_before, 1), "MiB"),
        Figure("memory, growth in the second half", round(memory_after - memory_between, 1), "MiB", "at most 10"),
        Figure("exit status after SIGTERM", str(status), "", "0"),
    ]


async def _send_some(service: ServiceProcess, requests: Iterator[HostileRequest], most: int, outcome: Outcome) -> None:
    """Send the next requests, at most `most`, over some connections at a time."""
    left = most

    async def client() -> None:
        nonlocal left
        while left > 0 and (request := next(requests, None)) is not None:
            left -= 1
            try:
                async with asyncio.timeout(_REQUEST_SECONDS):
                    status = await _send(service, request)
            except TimeoutError:
                status = 0
                outcome.failures.append(f"{request.kind}, no end: {request.pieces[0][:150]!r}")
            outcome.statuses[status] += 1
            if status >= 500 and status != 503:
                outcome.failures.append(f"{request.kind}, {status}: {request.pieces[0][:150]!r}")

    await asyncio.gather(*(client() for _ in range(_CLIENTS)))


async def _send(service: ServiceProcess, request: HostileRequest) -> int:
    """Send one request on a connection of its own; the highest status that came back, 0 for none."""
    reader, writer = await asyncio.open_connection(service.host, service.port)
    answer = b""
    try:
        # The service may answer and hang up while the rest is still being sent; write_eof then says ENOTCONN.
        with contextlib.suppress(OSError):
            for piece in request.pieces:
                writer.write(piece)
                await writer.drain()
                if request.pause:
                    await asyncio.sleep(request.pause)
            if request.half_close:
                writer.write_eof()
        with contextlib.suppress(OSError):
            answer = await (reader.read() if request.to_the_end else _read_answer(reader))
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return highest_status(answer)


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    """The first answer that is not "100 Continue", and what comes with it; empty when there is none."""
    answer = b""
    while (b"\r\n\r\n" not in answer or highest_status(answer) < 200) and (piece := await reader.read(65536)):
        answer += piece
    return answer


def highest_status(answer: bytes) -> int:
    """The highest status among the status lines of some bytes, 0 for none."""
    codes = [line.split(b" ")[1] for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    return max((int(code) for code in codes if code.isdigit()), default=0)


def _routes(service: ServiceProcess) -> list[tuple[str, str]]:
    with urllib.request.urlopen(f"{service.url}/docs.json", timeout=10) as answer:
        paths = json.load(answer)["paths"]
    documented = [(method.upper(), path) for path, item in paths.items() for method in item]
    return [*documented, ("GET", "/ui"), ("GET", "/ui/page.js"), ("GET", "/docs.json"), ("GET", "/schema.json")]


def _answer(service: ServiceProcess, options: Options) -> object:
    request = urllib.request.Request(f"{service.url}/tag", options.bodies(1)[0], {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)
