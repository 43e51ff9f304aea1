"""One retraining at a time, also between processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import UsageError
from training.retraining import lock as lock_module
from training.retraining.lock import RetrainLock, RetrainRunningError, running_job

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody here lets go of the lock while another waits."""
    monkeypatch.setattr(lock_module, "_PATIENCE", 0.0)


def test_the_second_is_told_who_has_it() -> None:
    """Until the first lets go; a shorter name leaves nothing of a longer one."""
    assert running_job() is None
    with RetrainLock.acquire() as first:
        first.name("a-long-name")
        first.name("job-1")
        assert running_job() == "job-1"
        with pytest.raises(RetrainRunningError, match="The retraining job-1 runs on this machine"):
            RetrainLock.acquire()
        assert running_job() == "job-1"
    assert running_job() is None
    RetrainLock.acquire().release()


def test_a_child_holds_it_when_its_parent_has_let_go() -> None:
    """The service starts a retraining and may end before it; the system frees the lock with its last holder."""
    script = (
        "import sys; from training.retraining.lock import RetrainLock\n"
        "lock = RetrainLock.inherited(int(sys.argv[1])); lock.name('child'); print('has it', flush=True)\n"
        "sys.stdin.read()"
    )
    lock = RetrainLock.acquire()
    command = [sys.executable, "-c", script, str(lock.descriptor)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, pass_fds=(lock.descriptor,)) as child:
        assert child.stdout is not None and child.stdin is not None
        assert child.stdout.readline() == b"has it\n"
        lock.release()
        assert running_job() == "child"
        child.kill()
    assert running_job() is None


def test_another_file_is_not_taken_for_the_lock(tmp_path: Path) -> None:
    """Nor a descriptor that is not open."""
    RetrainLock.acquire().release()
    with (tmp_path / "file").open("w") as file, pytest.raises(UsageError, match="is not the lock"):
        RetrainLock.inherited(file.fileno())
    with pytest.raises(UsageError, match="is not the lock"):
        RetrainLock.inherited(10_000)
