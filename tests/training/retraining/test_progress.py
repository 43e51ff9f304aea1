"""What others see of a running retraining."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import AreatagError
from training.retraining import cancelling as cancelling_module
from training.retraining import progress as progress_module
from training.retraining.cancelling import Cancelling
from training.retraining.job import Job, State
from training.retraining.lock import RetrainLock
from training.retraining.progress import Progress, Reporter, run_reported
from training.retraining.retrain_options import RetrainOptions, RetrainResult


@pytest.fixture
def job() -> Iterator[Job]:
    """A job under the lock, which is at work as long as the test."""
    with RetrainLock.acquire() as lock:
        job = Job.create(RetrainOptions(), lock)
        yield job


def _result(job: Job) -> RetrainResult:
    return RetrainResult(job.name, "v2", "v1", Path("v2"), "not inferior", True, False, "heads", {"gate": {"n": 7}})


def test_a_finished_job_says_what_it_made(job: Job) -> None:
    """What only the job itself needed is removed."""
    heard: list[tuple[str, int, int]] = []

    def work(tell: Progress, _: Cancelling) -> RetrainResult:
        tell("training", 3, 10)
        assert (job.read().state, job.read().stage, job.read().step) == (State.RUNNING, "training", 3)
        return _result(job)

    assert run_reported(job, work, lambda *step: heard.append(step)) == _result(job)
    record = job.read()
    assert (record.state, record.version, record.promoted) == (State.SUCCEEDED, "v2", True)
    assert record.metrics == {"gate": {"n": 7}} and record.error is None
    assert heard == [("training", 3, 10)] and not job.work.exists()


def test_the_stages_so_far_are_told(job: Job) -> None:
    """In their order, each once however many steps it has; a resumed job begins anew."""
    reporter = Reporter(job, None)
    for stage, step in (("starting", 0), ("training", 0), ("training", 1), ("evaluating", 0)):
        reporter.tell(stage, step, 2)
    stages = job.read().stages
    assert [stage.name for stage in stages] == ["starting", "training", "evaluating"]
    assert [stage.began for stage in stages] == sorted(stage.began for stage in stages)
    assert Reporter(job, None) and job.read().stages == ()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AreatagError("The disk is full; free some space."), "The disk is full; free some space."),
        (ZeroDivisionError("secret"), "Unexpected ZeroDivisionError; its log has the details."),
    ],
)
def test_a_failed_job_says_why(job: Job, error: Exception, said: str) -> None:
    """An error that was not written for users is named only; the work stays, for a resumption."""

    def work(_: Progress, __: Cancelling) -> RetrainResult:
        raise error

    with pytest.raises(type(error)):
        run_reported(job, work, None)
    assert (job.read().state, job.read().error) == (State.FAILED, said)
    assert job.work.is_dir()


def test_a_cancelled_job_is_interrupted(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by Ctrl-C, wherever it is in its work."""
    monkeypatch.setattr(cancelling_module, "_LOOK_SECONDS", 0.01)

    def work(_: Progress, __: Cancelling) -> RetrainResult:
        job.ask_to_cancel()
        while True:
            pass

    with pytest.raises(KeyboardInterrupt):
        run_reported(job, work, None)
    assert job.read().state is State.CANCELLED and "--resume" in (job.read().error or "")
    assert job.work.is_dir()


def test_steps_of_one_stage_are_not_all_written(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of them would keep the disk busy; a new stage is always told."""
    monkeypatch.setattr(progress_module, "_WRITE_SECONDS", 1000.0)
    reporter = Reporter(job, None)
    for step in range(5):
        reporter.tell("training", step, 5)
    assert job.stored().step == 0
    reporter.tell("calibrating", 1, 2)
    assert (job.stored().stage, job.stored().step) == ("calibrating", 1)


def test_time_before_an_interruption_counts(job: Job) -> None:
    """What a resumed job took is what it took in all; the earlier error is gone."""
    job.write(job.stored().model_copy(update={"seconds": 500.0, "state": State.FAILED, "error": "Killed."}))
    Reporter(job, None)
    record = job.stored()
    assert record.seconds >= 500 and record.state is State.RUNNING and record.error is None
