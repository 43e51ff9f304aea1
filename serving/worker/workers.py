"""The worker processes of one service: who lives, and which activation of a model each has followed.

A worker has two files in AREATAG_HOME/run/<service>: `worker-<pid>.lock`, which it keeps locked, so that the system
tells the others when it dies, however it dies; and `worker-<pid>.json` with its state.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from data.file_lock import FileLock
from data.home import areatag_home, make_private_folder, owner_only

SERVICE_ID = "AREATAG_SERVICE_ID"
"""Environment variable by which the workers of one service know each other."""
_ABANDONED_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class WorkerState:
    """The last activation that a worker has followed (None: it still starts), and why it could not, if so."""

    pid: int
    activation: str | None
    problem: str = ""


class Workers:
    """This process as a worker of its service, and a view of the others."""

    def __init__(self) -> None:
        # Under `bentoml serve` nobody sets the id; the workers of one supervisor have its process in common.
        service = os.environ.get(SERVICE_ID) or f"{socket.gethostname()}-{os.getppid()}"
        self.folder = areatag_home() / "run" / service
        self._lock: FileLock | None = None

    def join(self) -> None:
        """Be seen by the other workers; raises OSError when AREATAG_HOME cannot be written."""
        make_private_folder(self.folder)
        _remove_abandoned(self.folder.parent)
        self.report(None)
        # Locked before it has its name: a lock file that can be locked belongs to a dead worker.
        unnamed = self.folder / f".worker-{os.getpid()}.tmp"
        self._lock = FileLock.take(unnamed)
        unnamed.replace(self._file("lock"))

    def leave(self) -> None:
        """Be forgotten."""
        if self._lock is not None:
            self._file("lock").unlink(missing_ok=True)
            self._file("json").unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def report(self, activation: str | None, problem: str = "") -> None:
        """Tell the others which activation was followed last, or why not."""
        state = WorkerState(os.getpid(), activation, problem)
        temporary = self.folder / f".state-{os.getpid()}.tmp"
        with open(temporary, "w", encoding="utf-8", opener=owner_only) as stream:
            stream.write(json.dumps(asdict(state)))
        temporary.replace(self._file("json"))

    def states(self) -> list[WorkerState]:
        """The states of all living workers, this one included."""
        return [_state(lock) for lock in sorted(self.folder.glob("worker-*.lock")) if not _forget_if_dead(lock)]

    @contextlib.contextmanager
    def activating(self) -> Iterator[bool]:
        """Be the one worker that activates a model; False when another one is."""
        make_private_folder(self.folder)
        lock = FileLock.take(self.folder / "activating")
        if lock is None:
            yield False
            return
        with lock:
            yield True

    def _file(self, kind: str) -> Path:
        return self.folder / f"worker-{os.getpid()}.{kind}"


def _state(lock: Path) -> WorkerState:
    try:
        return WorkerState(**json.loads(lock.with_suffix(".json").read_bytes()))
    except FileNotFoundError:  # it has just left; the next look at the locks shows it
        return WorkerState(int(lock.stem.partition("-")[2]), None)


def _forget_if_dead(path: Path) -> bool:
    try:
        lock = FileLock.take(path, create=False)
    except FileNotFoundError:
        return True
    if lock is None:
        return False
    path.with_suffix(".json").unlink(missing_ok=True)
    lock.remove()
    return True


def _remove_abandoned(run: Path) -> None:
    """Remove the folders of services that were killed long ago."""
    for folder in run.iterdir():
        with contextlib.suppress(OSError):
            old = folder.stat().st_mtime < time.time() - _ABANDONED_SECONDS
            if old and all(_forget_if_dead(lock) for lock in folder.glob("worker-*.lock")):
                shutil.rmtree(folder, ignore_errors=True)
