"""One retraining at a time: the lock, between threads of descriptors and between processes."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.errors import UsageError
from training.retraining import lock as module
from training.retraining.lock import RetrainLock, RetrainRunningError, running_job

ROOT = Path(__file__).parents[3]
NEVER_OPEN = 1_000_000_000


@pytest.fixture
def path(own_home: Path) -> Path:
    """The lock file."""
    return own_home / "retrain" / "lock"


def test_it_is_held_until_it_is_released(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile its holder's job has a name that others see; what was there before is no part of it."""
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    assert running_job() is None and not path.exists()
    with RetrainLock.acquire() as lock:
        lock.name("20260101-000000-aaaaaa")
        lock.name("short")
        assert running_job() == "short"
        with pytest.raises(RetrainRunningError, match="The retraining short runs on this machine"):
            RetrainLock.acquire()
    assert running_job() is None
    RetrainLock.acquire().release()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_refused_call_leaves_no_descriptor(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a look at the lock."""
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    with RetrainLock.acquire():
        before = _open_descriptors()
        with pytest.raises(RetrainRunningError):
            RetrainLock.acquire()
        assert running_job() is None  # held, but for no job yet
        assert _open_descriptors() == before


def _open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_new_retraining_waits_for_whoever_only_looks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look holds the lock for a moment; two looks do not take each other for a retraining."""
    RetrainLock.acquire().release()
    looker = path.open("rb")
    fcntl.flock(looker, fcntl.LOCK_SH)
    assert running_job() is None
    monkeypatch.setattr(time, "sleep", lambda _: looker.close())
    with RetrainLock.acquire():
        assert looker.closed


def test_a_child_process_takes_it_over(path: Path) -> None:
    """It holds the lock after its parent has let go, keeps it from its own children, and frees it when it ends."""
    program = (
        "import os, sys; from training.retraining.lock import RetrainLock; "
        "lock = RetrainLock.inherited(int(sys.argv[1])); "
        "print(os.get_inheritable(lock.descriptor), flush=True); sys.stdin.read()"
    )
    lock = RetrainLock.acquire()
    lock.name("ada")
    command = [sys.executable, "-c", program, str(lock.descriptor)]
    with subprocess.Popen(
        command, cwd=ROOT, pass_fds=(lock.descriptor,), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stdin is not None
        assert child.stdout.readline() == "False\n"
        lock.release()
        assert running_job() == "ada"
        child.stdin.close()
    assert running_job() is None


def test_another_descriptor_is_no_lock(path: Path, tmp_path: Path) -> None:
    """One that is not open, of another file, or of the lock file while somebody else holds the lock."""
    RetrainLock.acquire().release()
    other = os.open(tmp_path, os.O_RDONLY)
    same = os.open(path, os.O_RDWR)
    with RetrainLock.acquire():
        for descriptor in (other, NEVER_OPEN, same):
            with pytest.raises(UsageError, match=f"Descriptor {descriptor} is not the lock"):
                RetrainLock.inherited(descriptor)
    with RetrainLock.inherited(same) as lock:
        assert lock.descriptor == same
    os.close(other)


def test_a_place_that_cannot_be_used_is_an_error(path: Path) -> None:
    """The sentence names the file."""
    path.mkdir(parents=True)
    with pytest.raises(UsageError, match=r"lock: it is a folder"):
        RetrainLock.acquire()
    path.rmdir()
    path.parent.rmdir()
    path.parent.write_text("no folder")
    with pytest.raises(UsageError, match=r"retrain"):
        running_job()
