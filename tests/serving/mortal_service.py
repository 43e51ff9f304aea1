"""A real service on the tiny model, which tests kill and start again at the same address."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.serving.conftest import ROOT
from tests.support.ports import free_port
from tests.support.retraining import end_retraining
from tests.support.waiting import PATIENCE, wait_for

_SERVE = """
import sys
from serving.worker import retrain_jobs
from tests.support.retraining import RETRAIN
retrain_jobs.COMMAND = (sys.executable, "-c", RETRAIN)
from serving.server import run
run(port={port})
"""


class MortalService:
    """A service that follows the active version of this test's home."""

    def __init__(self, keys: str, log: Path) -> None:
        self._keys, self._log = keys, log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = {**os.environ, "AREATAG_API_KEYS": self._keys}
        command = [sys.executable, "-c", _SERVE.format(port=self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)
        wait_for(self._is_ready)

    def kill(self) -> None:
        """End it at once, without a chance to say goodbye."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE)

    def _is_ready(self) -> bool:
        assert self._process is not None and self._process.poll() is None, self._log.read_text()
        try:
            return httpx.get(self.url + "/readyz", timeout=PATIENCE).status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def mortal_service(keys: str, log: Path) -> Iterator[MortalService]:
    """Start one, and end it with the block."""
    service = MortalService(keys, log)
    service.start()
    try:
        yield service
    finally:
        service.kill()
        end_retraining()
