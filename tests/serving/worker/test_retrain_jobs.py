"""A retraining of the service is a process that inherits the lock and no secret."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from data.errors import AreatagError
from serving.worker import retrain_jobs
from serving.worker.retrain_jobs import NotPossibleError, start, start_again
from tests.support.retraining import store_labels
from tests.support.waiting import PATIENCE
from training.retraining.job import State, jobs
from training.retraining.lock import RetrainLock, RetrainRunningError
from training.retraining.retrain_options import Promote


class Started:
    """Stands for the processes that would be started: what each was given."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[str], dict[str, Any]]] = []
        self.waited = threading.Event()

    def __call__(self, command: list[str], **options: Any) -> Started:
        """Note it."""
        self.calls.append((command, options))
        return self

    def wait(self) -> int:
        """It has ended."""
        self.waited.set()
        return 0


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """No process is started; there are labels."""
    store_labels(4)
    processes = Started()
    monkeypatch.setattr("serving.worker.retrain_jobs.subprocess.Popen", processes)
    return processes


def test_the_process_inherits_the_lock_and_no_key(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets half of the cores, a group of its own, and everything else of the environment."""
    for name in ("AREATAG_API_KEYS", "AREATAG_API_KEYS_FILE", "PROMETHEUS_MULTIPROC_DIR", "AREATAG_DATABASE_URL_X"):
        monkeypatch.setenv(name, "secret")
    job = start(Promote.NEVER, "cpu")
    ((command, options),) = started.calls
    assert command[: len(retrain_jobs.COMMAND)] == [*retrain_jobs.COMMAND]
    assert command[command.index("--job") + 1] == job.name
    assert options["pass_fds"] == (int(command[command.index("--lock") + 1]),) and options["start_new_session"]
    given = options["env"]
    assert given["AREATAG_DATABASE_URL_X"] == "secret" and given["OMP_NUM_THREADS"] == str(job.options.threads)
    assert not {"AREATAG_API_KEYS", "AREATAG_API_KEYS_FILE", "PROMETHEUS_MULTIPROC_DIR"} & given.keys()
    assert (job.options.promote, job.options.device) == (Promote.NEVER, "cpu")


def test_a_process_that_cannot_start_is_a_failed_job(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be taken up again."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as patch:
        patch.setattr("serving.worker.retrain_jobs.subprocess.Popen", fail)
        with pytest.raises(AreatagError, match="could not be started"):
            start(Promote.AUTO, "cpu")
    (job,) = jobs()
    assert job.stored().state is State.FAILED
    assert start_again(job.name, None).name == job.name and len(started.calls) == 1
    assert job.stored().state is State.QUEUED


def test_what_is_missing_is_said_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels, or the packages of the extra."""
    with pytest.raises(NotPossibleError, match="no labels"):
        start(Promote.AUTO, "cpu")
    monkeypatch.setattr(retrain_jobs, "PACKAGES", ("no_such_package",))
    with pytest.raises(NotPossibleError, match="no_such_package"):
        start(Promote.AUTO, "cpu")
    assert jobs() == []


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (3, 1), (8, 4)])
def test_half_of_the_cores_keep_tagging(
    started: Started, monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    """At least one trains; the process is told in every way."""
    monkeypatch.setattr("serving.worker.retrain_jobs.os.sched_getaffinity", lambda _: set(range(cores)))
    job = start(Promote.NEVER, "cpu")
    ((command, options),) = started.calls
    assert job.options.threads == threads
    assert command[command.index("--threads") + 1] == options["env"]["OMP_NUM_THREADS"] == str(threads)


def test_the_process_finds_our_packages_first(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the service was started; what the operator added comes after them."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    start(Promote.NEVER, "cpu")
    monkeypatch.setenv("PYTHONPATH", "/added")
    start(Promote.NEVER, "cpu")
    root = str(Path(retrain_jobs.__file__).parents[2])
    assert [options["env"]["PYTHONPATH"] for _, options in started.calls] == [root, f"{root}{os.pathsep}/added"]


def test_what_the_process_says_goes_to_its_log(started: Started) -> None:
    """After what an earlier attempt said, for the owner alone; it reads nothing and is waited for."""
    before = os.umask(0)
    try:
        job = start(Promote.NEVER, "cpu")
    finally:
        os.umask(before)
    (_, options), *_ = started.calls
    assert options["stdin"] == subprocess.DEVNULL and options["stdout"] is options["stderr"]
    assert (options["stdout"].name, options["stdout"].mode) == (str(job.log), "ab")
    assert job.log.stat().st_mode & 0o777 == 0o600
    assert started.waited.wait(PATIENCE)


def test_a_job_goes_on_with_another_wish_for_its_promotion(started: Started) -> None:
    """Or with the one that it has; its error is gone, and its threads are those that it began with."""
    job = start(Promote.NEVER, "cpu")
    for wish, expected in ((None, Promote.NEVER), (Promote.FORCE, Promote.FORCE)):
        job.write(job.stored().model_copy(update={"state": State.FAILED, "error": "It failed."}))
        again = start_again(job.name, wish)
        assert (again.name, again.options.promote) == (job.name, expected)
        assert (again.stored().state, again.stored().error) == (State.QUEUED, None)
    threads = [command[command.index("--threads") + 1] for command, _ in started.calls]
    assert threads == [str(job.options.threads)] * 3


def test_while_a_retraining_runs_none_is_started(started: Started) -> None:
    """It holds the lock, which the new process would need."""
    with RetrainLock.acquire() as lock:
        lock.name("other")
        with pytest.raises(RetrainRunningError, match="other"):
            start(Promote.NEVER, "cpu")
    assert started.calls == []
