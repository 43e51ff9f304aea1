"""The service with the fake tagger: in this process, and in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from model.tagger import Tagger
from tests.serving.fake_tagger import FakeTagger
from tests.support.ports import free_port
from tests.support.waiting import PATIENCE, wait_for

ROOT = Path(__file__).parents[2]
ADMIN_KEY = "a-key-for-tests"
ADMIN = {"Authorization": f"Bearer {ADMIN_KEY}"}
_KEYS = f"admin:{sha256(ADMIN_KEY.encode()).hexdigest()}"
Serve = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """Limits of the service that a busy machine does not reach. Tests of a limit set it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ACTIVATION", "BODY", "FILE", "MAX_QUEUE", "REQUEST"):
            patch.setenv(f"AREATAG_{name}_SECONDS", "1000")
        for name in ("_LOOKUP_SECONDS", "_CHANGE_SECONDS"):
            patch.setattr(f"serving.worker.label_access.{name}", 1000.0)
        yield


@contextmanager
def _serve(tagger: FakeTagger | Callable[..., FakeTagger], **settings: object) -> Iterator[TestClient]:
    # BentoML is imported only by the tests that need it.
    from serving.service import areatag

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AREATAG_API_KEYS", _KEYS)
        for name, value in settings.items():
            patch.setenv("AREATAG_" + name.upper(), str(value))
        patch.setattr(Tagger, "load", (lambda *_, **__: tagger) if isinstance(tagger, FakeTagger) else tagger)
        app = areatag.to_asgi()
        with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False, headers=ADMIN) as client:
            wait_for(lambda: client.get("/readyz").status_code, lambda status: status == 200)
            yield client


@pytest.fixture(scope="session")
def serve() -> Serve:
    """The service in this process, with one tagger or a loader.

    Used as `with serve(tagger, setting=value) as client`; the client sends an admin's key.
    """
    return _serve


@pytest.fixture(scope="module")
def tagger() -> FakeTagger:
    """The tagger behind `client`."""
    return FakeTagger()


@pytest.fixture(scope="module")
def client(tagger: FakeTagger) -> Iterator[TestClient]:
    """The service with its default settings, in this process."""
    with _serve(tagger) as client:
        yield client


@dataclass(frozen=True, slots=True)
class Server:
    """A running service process (or its supervisor) and its address."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def get(self, path: str, **options: Any) -> httpx.Response:
        """GET, with a connection of its own and as much time as a busy machine needs."""
        return httpx.get(self.url + path, timeout=PATIENCE, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """POST, likewise."""
        return httpx.post(self.url + path, timeout=PATIENCE, **options)


StartServer = Callable[..., AbstractContextManager[Server]]


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> StartServer:
    """The service in processes of its own.

    Used as `with start_server(workers=1, encoder_seconds=0.0) as server`. With `model` it serves that model directory
    instead of the fake tagger.
    """

    @contextmanager
    def start(workers: int = 1, encoder_seconds: float = 0.0, model: Path | None = None) -> Iterator[Server]:
        log = tmp_path_factory.mktemp("server") / "log"
        port = free_port()
        command = [sys.executable, "-m", "tests.serving.fake_server", str(port), str(workers)]
        if model is not None:
            start_real = f"from serving.server import run; run(port={port}, model={str(model)!r})"
            command = [sys.executable, "-c", start_real]
        environment = {**os.environ, "AREATAG_API_KEYS": _KEYS, "FAKE_ENCODER_SECONDS": str(encoder_seconds)}
        with log.open("wb") as stream:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=stream)
        server = Server(process, f"http://127.0.0.1:{port}", log)
        try:
            wait_for(lambda: _status(server), lambda status: status == 200)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)

    return start


def _status(server: Server) -> int:
    assert server.process.poll() is None, server.log.read_text()
    try:
        return server.get("/readyz").status_code
    except httpx.HTTPError:
        return 0


@pytest.fixture(scope="session")
def server(start_server: StartServer) -> Iterator[Server]:
    """One service process that tests share."""
    with start_server() as server:
        yield server
