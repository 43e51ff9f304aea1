"""`areatag serve` as a process of its own, with a home folder of its own, for as long as a part needs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving.processes import pss_mib
from data.errors import AreatagError
from serving.http.keys import KEYS, Role, new_key

ROOT = Path(__file__).parents[2]
_READY_SECONDS = 120
_STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """A running service."""

    process: subprocess.Popen[bytes]
    host: str
    port: int
    log: Path
    admin_key: str
    key_line: str
    """By which services know that key."""
    seconds_to_ready: float

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}:{self.port}"

    def memory_mib(self) -> float:
        """PSS of all its processes in MiB."""
        return pss_mib(self.process.pid)

    def ready(self) -> bool:
        """Whether /readyz answers 200."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:  # also every status that is an error
            return False

    def terminate(self) -> int | None:
        """Send SIGTERM; return the exit status, None if it had to be killed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def complaints(self) -> list[str]:
        """Lines of the log that tell of a traceback or an error."""
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            return [line.rstrip() for line in lines if "Traceback" in line or '"level": "ERROR"' in line]


@contextmanager
def running_service(
    model: str | None, workers: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[ServiceProcess]:
    """Start the service, wait until it is ready, and stop it at the end, whatever happens.

    Args:
        model: version or directory; None: the active one.
        workers: worker processes.
        settings: more environment variables, such as AREATAG_BODY_SECONDS.

    Raises:
        AreatagError: it did not get ready; the message has the end of its log.
    """
    key, entry = new_key(Role.ADMIN)
    with tempfile.TemporaryDirectory(prefix="areatag-benchmark-") as folder:
        log = Path(folder) / "log"
        environment = {**os.environ, "AREATAG_HOME": str(Path(folder) / "home"), KEYS: entry, **(settings or {})}
        port = free_port()
        command = [sys.executable, "-m", "serving.cli.main", "serve", "--port", str(port), "--workers", str(workers)]
        command += ["--model", model] if model else []
        start = time.monotonic()
        with log.open("wb") as stream:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=stream, stderr=stream)
        service = ServiceProcess(process, "127.0.0.1", port, log, key, entry, 0.0)
        try:
            _wait(service)
            yield ServiceProcess(process, "127.0.0.1", port, log, key, entry, time.monotonic() - start)
        finally:
            service.terminate()


def _wait(service: ServiceProcess) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not service.ready():
        if service.process.poll() is not None or time.monotonic() > deadline:
            end = service.log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise AreatagError(f"The service did not get ready. Its log ends with:\n{end}")
        time.sleep(0.05)


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
