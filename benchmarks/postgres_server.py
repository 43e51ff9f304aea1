"""A real PostgreSQL server in a temporary folder, on a unix socket, for benchmarks and tests."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from data.errors import AreatagError

_SECONDS = 300
"""To start: a busy machine takes long."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; everything is in `folder`, the socket too."""

    folder: Path
    programs: Path
    pid: int
    """Of the main process, whose children serve the connections."""

    def new_database(self, name: str) -> str:
        """Create a database and return its URL."""
        self.psql("postgres", f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://tester@/{name}?host={self.folder}"

    def psql(self, database: str, command: str) -> None:
        """Run one SQL command; raises CalledProcessError when it fails."""
        where: list[str | Path] = ["-h", self.folder, "-U", "tester", "-d", database]
        options = ["-X", "-q", "-v", "ON_ERROR_STOP=1"]
        subprocess.run([self.programs / "psql", *options, *where, "-c", command], check=True, capture_output=True)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop all of its processes: the kernel still takes connections and what is sent, and nobody answers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        processes = [self.pid, *map(int, children)]
        for process in processes:
            _send(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                _send(process, signal.SIGCONT)


def _send(process: int, sent: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # one that served a connection may have ended just now
        os.kill(process, sent)


def postgres_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where it is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if debian and (debian[-1] / "initdb").exists():
        return debian[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def postgres_server(programs: Path) -> Iterator[PostgresServer]:
    """Start a server, as another user where the tests run as root, which PostgreSQL refuses."""
    # Not pytest's folder: only its owner may look into that, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="areatag-pg-", dir="/tmp"))
    user = _unprivileged_user()
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        initdb: list[str | Path] = [programs / "initdb", "-D", data, "-U", "tester", "-A", "trust", "--no-sync"]
        subprocess.run([*initdb, "-E", "UTF8", "--locale=C"], check=True, capture_output=True, user=user, cwd=folder)
        # Nothing here cuts the power: without fsync the tests are faster and mean the same.
        options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB"]
        with (folder / "log").open("wb") as log:
            command: list[str | Path] = [programs / "postgres", "-D", data, "-k", folder, *options]
            server = subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=folder)
        try:
            _wait(programs, folder)
            yield PostgresServer(folder, programs, server.pid)
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nobody needs the data
            try:
                server.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_user() -> str | None:
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _wait(programs: Path, folder: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False).returncode:
        if time.monotonic() > deadline:
            raise AreatagError(f"PostgreSQL did not start. Its log: {(folder / 'log').read_text()}")
        time.sleep(0.1)
