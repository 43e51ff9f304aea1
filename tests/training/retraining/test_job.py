"""The folder of a retraining."""

import json
from pathlib import Path

import pytest

from data.errors import AreatagError, UsageError
from training.retraining import job as job_module
from training.retraining.job import Job, NoSuchJobError, State, discard_work, jobs, resumable_job
from training.retraining.lock import RetrainLock, RetrainRunningError
from training.retraining.retrain_options import Promote, RetrainOptions


def _made(options: RetrainOptions | None = None, state: State = State.FAILED) -> Job:
    """A job whose process has ended in a state."""
    with RetrainLock.acquire() as lock:
        job = Job.create(options or RetrainOptions(), lock)
    job.work.mkdir()
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
def test_a_job_whose_process_died_is_not_running(state: State) -> None:
    """Nobody could have written that any more."""
    record = _made(state=state).read()
    assert record.state is State.FAILED and record.error


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
