"""Two worker processes under load: one is killed, then both are told to stop."""

from __future__ import annotations

import os
import re
import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import httpx

from benchmarks.serving.processes import workers_of
from tests.serving.conftest import Server, StartServer
from tests.support.waiting import PATIENCE, wait_for

_BODY = {"papers": [{"title": "We segment."}]}
_CLIENTS = 6


def _call_until(stop: threading.Event, server: Server) -> tuple[list[int], list[httpx.TransportError]]:
    """One client that keeps its connection and goes on after an error."""
    statuses: list[int] = []
    errors: list[httpx.TransportError] = []
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        while not stop.is_set():
            try:
                statuses.append(client.post("/tag", json=_BODY).status_code)
            except httpx.TransportError as error:
                errors.append(error)
    return statuses, errors


def test_a_kill_costs_connection_errors_and_a_stop_costs_nothing(start_server: StartServer) -> None:
    """After kill -9 the service is whole again by itself; at SIGTERM every accepted call is answered."""
    stop = threading.Event()
    with start_server(workers=2, encoder_seconds=0.5) as server, ThreadPoolExecutor(_CLIENTS) as pool:
        clients = [pool.submit(_call_until, stop, server) for _ in range(_CLIENTS)]
        try:
            wait_for(lambda: _waiting(server) > 0)
            killed, kept = _workers(server)
            os.kill(killed, signal.SIGKILL)
            wait_for(lambda: killed not in (now := _workers(server)) and len(now) == 2)
            assert kept in _workers(server)
            wait_for(lambda: _waiting(server) > 0)
        finally:
            stop.set()
        _check(clients)

        calls = [pool.submit(server.post, "/tag", json=_BODY) for _ in range(_CLIENTS)]
        wait_for(lambda: _waiting(server) == _CLIENTS or all(call.done() for call in calls))
        server.process.send_signal(signal.SIGTERM)
        assert [call.result().status_code for call in calls] == [200] * _CLIENTS
        assert server.process.wait(PATIENCE) == 0


def _check(clients: list[Future[tuple[list[int], list[httpx.TransportError]]]]) -> None:
    for client in clients:
        statuses, errors = client.result(PATIENCE)
        assert set(statuses) == {200}
        assert len(errors) <= 1, errors


def _waiting(server: Server) -> int:
    """Papers in the queues and encoders of both workers; 0 where the worker that was asked has died."""
    try:
        text = server.get("/metrics").text
    except httpx.TransportError:
        return 0
    (value,) = re.findall(r"(?m)^areatag_waiting_papers (\S+)$", text)
    return int(float(value))


def _workers(server: Server) -> list[int]:
    return workers_of(server.process.pid)
