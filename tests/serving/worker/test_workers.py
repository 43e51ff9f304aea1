"""Workers of a service see each other, and see when one dies."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from serving.worker.workers import SERVICE_ID, Workers, WorkerState
from tests.support.waiting import wait_for


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> None:
    """All workers of a test are of one service."""
    monkeypatch.setenv(SERVICE_ID, "test")


def test_a_worker_is_seen_while_it_lives() -> None:
    """Its last report is its state; after it has left nothing of it remains."""
    workers = Workers()
    workers.join()
    assert workers.states() == [WorkerState(os.getpid(), None)]
    workers.report("v1", "It is damaged.")
    assert workers.states() == [WorkerState(os.getpid(), "v1", "It is damaged.")]
    workers.leave()
    assert workers.states() == []
    assert list(workers.folder.iterdir()) == []


def test_a_killed_worker_is_forgotten() -> None:
    """Nobody waits for a process that kill -9 has ended."""
    child = os.fork()
    if child == 0:
        try:
            worker = Workers()
            worker.join()
            threading.Event().wait()
        finally:
            os._exit(1)
    workers = Workers()
    try:
        assert wait_for(workers.states) == [WorkerState(child, None)]
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert workers.states() == []


def test_one_worker_activates_at_a_time() -> None:
    """The second is told so, instead of waiting."""
    workers, other = Workers(), Workers()
    with workers.activating() as alone, other.activating() as second:
        assert (alone, second) == (True, False)
    with other.activating() as alone:
        assert alone


def test_folders_of_services_long_dead_are_removed(own_home: Path) -> None:
    """A service that was killed leaves little, and not for ever."""
    old, recent = own_home / "run" / "old", own_home / "run" / "recent"
    for folder in (old, recent):
        folder.mkdir(parents=True)
        (folder / "worker-1.lock").touch()
    os.utime(old, (0, 0))
    workers = Workers()
    workers.join()
    workers.leave()
    assert not old.exists() and recent.exists()
