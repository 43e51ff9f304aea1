"""The service as processes: start, limits of the socket, drain, recovery, and what it costs."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

import httpx
import psutil
import pytest

from data.errors import UsageError
from serving import service_runner
from serving.settings import ServiceSettings
from tests.serving.conftest import Server, StartServer

_BODY = {"papers": [{"title": "We segment."}]}


def test_one_process_without_torch(server: Server) -> None:
    """One worker is one process; it answers, and has not loaded torch, pandas or transformers."""
    answer = httpx.post(server.url + "/tag", json=_BODY)
    assert answer.json()["results"][0]["areas"][0]["id"] == "vision/segmentation"
    assert psutil.Process(server.process.pid).children() == []
    mapped = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert not any(f"/{name}/" in mapped for name in ("torch", "pandas", "sklearn", "scipy"))


def test_a_body_that_is_still_being_sent_gets_413(server: Server) -> None:
    """The client reads the answer although it sends more than the limit."""
    answer = httpx.post(
        server.url + "/tag", content=b" " * (9 * 1024 * 1024), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


def test_a_client_that_leaves_is_no_error(server: Server) -> None:
    """A connection closed in the middle of a body leaves no traceback."""
    address = httpx.URL(server.url)
    with socket.create_connection((address.host, address.port or 80)) as connection:
        connection.sendall(b"POST /tag HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    time.sleep(0.3)
    assert httpx.get(server.url + "/readyz").status_code == 200
    assert "Traceback" not in server.log.read_text()


def test_sigterm_finishes_running_calls(start_server: StartServer) -> None:
    """A call that runs when the service is told to stop is answered; then the process ends with 0."""
    with start_server(encoder_seconds=1.0) as server:
        answers: list[int] = []
        caller = threading.Thread(
            target=lambda: answers.append(httpx.post(server.url + "/tag", json=_BODY, timeout=30).status_code)
        )
        caller.start()
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        caller.join(10)
    assert answers == [200]


def test_a_killed_worker_is_replaced(start_server: StartServer) -> None:
    """Two workers share their metrics; after kill -9 of one, the service is whole again by itself."""
    with start_server(workers=2) as server:
        for _ in range(20):
            assert httpx.post(server.url + "/tag", json=_BODY).status_code == 200
        for _ in range(3):  # whichever worker answers
            assert 'areatag_papers_total{model="fake-1"} 20.0' in httpx.get(server.url + "/metrics").text
        before = _workers(server)
        os.kill(before[0], signal.SIGKILL)
        deadline = time.monotonic() + 90
        while before[0] in (now := _workers(server)) or len(now) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert httpx.post(server.url + "/tag", json=_BODY, timeout=60).status_code == 200
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0


def _workers(server: Server) -> list[int]:
    children = psutil.Process(server.process.pid).children()
    return [
        child.pid
        for child in children
        if child.status() != psutil.STATUS_ZOMBIE and any("spawn_main" in part for part in child.cmdline())
    ]


def test_an_address_in_use_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the port and the options."""
    monkeypatch.setattr(service_runner, "check_model", lambda ref: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"127.0.0.1 port {port} .* --port"):
            service_runner.run(port=port)
    with pytest.raises(UsageError, match="--host"):
        service_runner.run(host="no such host")


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_BODY_BYTES", "lots"), ("REQUEST_SECONDS", "0"), ("MAX_WAITING_PAPERS", "10")]
)
def test_wrong_settings_name_their_variable(name: str, value: str) -> None:
    """A limit that cannot be is an error at start."""
    with pytest.raises(UsageError, match=f"AREATAG_{name} is '{value}'"):
        ServiceSettings.from_environment({f"AREATAG_{name}": value})


def test_an_empty_variable_is_unset() -> None:
    """As with a variable that a container file passes through."""
    assert ServiceSettings.from_environment({"AREATAG_MODEL": ""}) == ServiceSettings()
