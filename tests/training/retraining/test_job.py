"""The folder of a retraining."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import AreatagError, UsageError
from training.retraining import job as job_module
from training.retraining.job import INTERRUPTED, Job, NoSuchJobError, State, discard_work, jobs
from training.retraining.lock import RetrainLock, RetrainRunningError, running_job
from training.retraining.retrain_options import Promote, RetrainOptions
from training.retraining.taking_up import resumable_job

ROOT = Path(__file__).parents[3]
PROGRAM = """
import os, signal
from training.retraining.job import Job, State
from training.retraining.lock import RetrainLock
from training.retraining.retrain_options import RetrainOptions

with RetrainLock.acquire() as lock:
    job = Job.create(RetrainOptions(), lock)
    job.write(job.stored().model_copy(update={"state": State.{state}}))
    print(job.name, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(state: State) -> Job:
    """A job whose process was killed in a state."""
    program = PROGRAM.replace("{state}", state.name)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    job = Job.find(done.stdout.strip())
    assert job.stored().state is state
    return job


def _made(options: RetrainOptions | None = None, state: State = State.FAILED) -> Job:
    """A job whose process has ended in a state."""
    with RetrainLock.acquire() as lock:
        job = Job.create(options or RetrainOptions(), lock)
    job.write(job.stored().model_copy(update={"state": state}))
    return job


def test_a_queued_job_is_found_by_its_name() -> None:
    """The lock says that it is at work."""
    with RetrainLock.acquire() as lock:
        job = Job.create(RetrainOptions(), lock)
        assert Job.find(job.name) == job
        assert job.read().state is State.QUEUED


@pytest.mark.parametrize("name", ["", "..", "lock", "../models", "20260101-000000-000000", "a/b"])
def test_no_other_name_is_a_job(name: str) -> None:
    """A name comes from a URL, and must not lead anywhere else."""
    _made()
    with pytest.raises(NoSuchJobError):
        Job.find(name)


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_who_reads_a_dead_job_notes_it(state: State) -> None:
    """What is known is the lock, which the system frees, whatever process has its number now; it goes to the disk."""
    job = killed(state)
    assert (job.read().state, job.read().error) == (State.FAILED, INTERRUPTED)
    assert (job.stored().state, job.stored().error) == (State.FAILED, INTERRUPTED)
    assert running_job() is None


def test_the_next_job_notes_it_too() -> None:
    """Nobody need have looked at the dead one."""
    job = killed(State.RUNNING)
    with RetrainLock.acquire() as lock:
        second = Job.create(RetrainOptions(), lock)
        assert job.stored().state is State.FAILED
        assert (second.read().state, running_job()) == (State.QUEUED, second.name)
        with pytest.raises(RetrainRunningError, match=second.name):
            discard_work()


def test_it_is_said_where_it_cannot_be_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only AREATAG_HOME, or another job at work: the answer is the same."""
    job = killed(State.RUNNING)

    def refuse() -> RetrainLock:
        raise AreatagError("It cannot be written.")

    with monkeypatch.context() as patch:
        patch.setattr(RetrainLock, "acquire", refuse)
        assert job.read().state is State.FAILED and job.stored().state is State.RUNNING
    assert job.read().state is job.stored().state is State.FAILED


def test_a_job_that_ended_stays_as_it_is() -> None:
    """Only unfinished jobs are closed."""
    job = killed(State.SUCCEEDED)
    before = job.stored()
    assert job.read() == job.stored() == before


def test_options_hold_in_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job may be resumed from another one; names of datasets and versions are no paths."""
    monkeypatch.chdir(tmp_path)
    for name in ("model", "lake"):
        Path(name).mkdir()
    options = RetrainOptions(
        promote=Promote.NEVER, base="model", soft_labels=Path("soft.parquet"), papers=("lake", "owner/papers")
    )
    job = _made(options)
    monkeypatch.chdir("/")
    found = job.options
    assert (found.promote, found.base) == (Promote.NEVER, str(tmp_path / "model"))
    assert found.soft_labels == tmp_path / "soft.parquet"
    assert found.papers == (str(tmp_path / "lake"), "owner/papers")


def test_the_latest_unfinished_job_is_resumed() -> None:
    """One that has succeeded has nothing to go on with."""
    with pytest.raises(UsageError, match="no retraining to resume"):
        resumable_job()
    first, second = _made(), _made()
    assert jobs() == [second, first]
    # the work of earlier jobs is removed when a new one begins
    assert resumable_job() == second and not first.work.exists()
    second.write(second.stored().model_copy(update={"state": State.SUCCEEDED}))
    with pytest.raises(UsageError, match="nothing to resume"):
        resumable_job()
    with pytest.raises(UsageError, match="nothing to resume"):
        resumable_job(first.name)


def test_only_the_latest_jobs_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they report may be looked at for a while."""
    monkeypatch.setattr(job_module, "_KEPT_JOBS", 2)
    made = [_made() for _ in range(4)]
    assert jobs() == made[:0:-1]


def test_a_request_to_cancel_can_be_withdrawn() -> None:
    """Also one that was never made."""
    job = _made()
    job.ask_to_cancel()
    assert job.cancel_asked
    job.withdraw_cancel()
    job.withdraw_cancel()
    assert not job.cancel_asked


def test_work_is_not_discarded_under_a_running_job() -> None:
    """Without one it is, of every job; their reports stay."""
    job = _made()
    with RetrainLock.acquire() as lock:
        lock.name("other")
        with pytest.raises(RetrainRunningError, match="The retraining other runs"):
            discard_work()
    assert job.work.is_dir()
    discard_work()
    assert not job.work.exists() and job.stored()


@pytest.mark.parametrize("content", ["", "[]", '{"job": 7}', "no JSON"])
def test_a_damaged_state_is_named(content: str) -> None:
    """And what to do about it; a missing one alike."""
    job = _made()
    state = job.folder / "state.json"
    state.write_text(content)
    with pytest.raises(AreatagError, match=r"state\.json is damaged; remove the folder"):
        job.read()
    state.unlink()
    with pytest.raises(AreatagError, match=r"state\.json cannot be read"):
        job.read()


def test_what_a_newer_release_noted_is_ignored() -> None:
    """A job can be looked at after a step back."""
    job = _made()
    state = job.folder / "state.json"
    state.write_text(json.dumps({**json.loads(state.read_text()), "of_tomorrow": 1}))
    assert job.read().job == job.name
