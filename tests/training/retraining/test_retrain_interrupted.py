"""Retrainings that are killed, cancelled and resumed: the active model and the labels are never touched."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.errors import UsageError
from data.label_store.store import LabelStore
from model import activation, versions
from model.artefact import Artefact
from tests.support.retraining import LABELS, prepare, replay_file
from tests.support.waiting import PATIENCE
from training.retraining.job import INTERRUPTED, State, discard_work, jobs
from training.retraining.lock import RetrainRunningError, running_job
from training.retraining.retrain import resume, retrain
from training.retraining.retrain_options import Promote, RetrainOptions
from training.retraining.taking_up import resumable_job

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from training.retraining.retrain import resume, retrain
from training.retraining.retrain_options import Promote, RetrainOptions

def show(stage, step, steps):
    print(stage, flush=True)

papers = tuple(sys.argv[1:])
retrain(RetrainOptions(Promote.FORCE, papers=papers, max_tokens=32, threads=1, checkpoint_minutes=0.0), show)
"""


def start(*papers: Path) -> subprocess.Popen[str]:
    """A retraining in a process of its own, which prints its stages."""
    command = [sys.executable, "-c", PROGRAM, *map(str, papers)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def wait_for(process: subprocess.Popen[str], stage: str) -> None:
    """Read until the process has come to a stage."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(stage):
            return
    raise AssertionError(f"it never came to {stage!r}")


@pytest.mark.parametrize(("stage", "milliseconds"), [("training", 60), ("evaluating", 20), ("promoting", 5)])
def test_a_killed_retraining_leaves_all_as_it_was_and_goes_on(
    tiny_model: Path, tmp_path: Path, stage: str, milliseconds: int
) -> None:
    """Whatever it was doing: the old model is whole and active, the labels are there, and it can be resumed."""
    before = prepare(tiny_model)
    with start(replay_file(tmp_path)) as process:
        wait_for(process, stage)
        time.sleep(milliseconds / 1000)
        process.kill()
    killed = jobs()[0]
    if killed.stored().state is not State.SUCCEEDED:  # it may have been quicker than the signal
        assert versions.active_reference() in {before, *versions.versions()}
        assert killed.read().error == killed.stored().error == INTERRUPTED
        result = resume()
        assert (result.job, result.promoted) == (killed.name, True) and not killed.work.exists()
    Artefact.open(versions.resolve_model(None))
    for version in versions.versions():
        Artefact.open(versions.resolve_model(version))
    assert activation.rollback() == before
    with LabelStore.open() as store:
        assert store.counts() == (LABELS, LABELS)
    assert running_job() is None


def test_one_at_a_time_and_cancelled_on_request(tiny_model: Path, tmp_path: Path) -> None:
    """A second process is refused while one runs; asked to cancel, it stops, and can be resumed."""
    before = prepare(tiny_model)
    with start(replay_file(tmp_path)) as process:
        wait_for(process, "loading")
        job = jobs()[0]
        assert running_job() == job.name and job.read().state is State.RUNNING
        for forbidden in (lambda: retrain(RetrainOptions()), discard_work):
            with pytest.raises(RetrainRunningError, match=job.name):
                forbidden()
        job.ask_to_cancel()
        # uncaught, Ctrl-C ends Python by the signal itself
        assert process.wait(PATIENCE) == -signal.SIGINT
    record = job.read()
    assert record.state is State.CANCELLED and versions.active_reference() == before
    assert resumable_job() == job
    assert resume(job.name).promoted
    with pytest.raises(UsageError, match="nothing to resume"):
        resume()


def test_a_new_retraining_removes_the_work_of_an_unfinished_one(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work is kept for the latest job alone, and `discard_work` removes that too."""
    prepare(tiny_model)
    options = RetrainOptions(Promote.NEVER, threads=1)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("training.retraining.make_candidate.train_candidate", interrupted)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                retrain(options)
    latest, earlier = jobs()
    assert latest.work.is_dir() and not earlier.work.exists()
    discard_work()
    assert not latest.work.exists()
    with pytest.raises(UsageError, match="nothing to resume"):
        resume()
