"""A retraining of the service is a process that inherits the lock and no secret."""

from __future__ import annotations

from typing import Any

import pytest

from data.errors import AreatagError
from serving.worker import retrain_jobs
from serving.worker.retrain_jobs import NotPossibleError, start, start_again
from tests.support.retraining import store_labels
from training.retraining.job import State, jobs
from training.retraining.retrain_options import Promote


class Started:
    """Stands for the processes that would be started: what each was given."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[str], dict[str, Any]]] = []

    def __call__(self, command: list[str], **options: Any) -> Started:
        """Note it."""
        self.calls.append((command, options))
        return self

    def wait(self) -> int:
        """It has ended."""
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
