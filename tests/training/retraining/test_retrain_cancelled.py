"""Retrainings cancelled at every stage, by request and by Ctrl-C: no version is left, and they can be resumed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from model import versions
from model.versions import models_folder
from tests.support.retraining import prepare, replay_file
from tests.support.waiting import PATIENCE
from training.retraining.cancelling import Cancelling
from training.retraining.job import State, jobs
from training.retraining.lock import running_job
from training.retraining.retrain import resume, retrain
from training.retraining.retrain_options import Promote, RetrainOptions

HEADS = ("starting", "loading", "reading labels", "reading the labelled", "training the heads", "calibrating")
ALL = ("reading labels", "training", "calibrating", "evaluating", "promoting")


def by_request() -> None:
    """Ask for it, as DELETE does."""
    jobs()[0].ask_to_cancel()


def by_signal() -> None:
    """Press Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


class AskAt:
    """Cancels a retraining once it has come to a stage, and loses the first interrupt."""

    def __init__(self, stage: str, ask: Callable[[], None]) -> None:
        self.stage, self.ask, self.lost = stage, ask, 0

    def __call__(self, stage: str, step: int, steps: int) -> None:
        """Be told a stage."""
        if stage.startswith(self.stage) and not self.lost:
            self.ask()
            try:
                threading.Event().wait(PATIENCE)
                raise AssertionError("nothing interrupted it")
            except KeyboardInterrupt:
                self.lost += 1
            threading.Event().wait(PATIENCE)
            raise AssertionError("nothing interrupted it again")


def nothing_left(before: str, there: list[str]) -> None:
    """No version, no file half written; the model from before is active."""
    assert (versions.active_reference(), versions.versions()) == (before, there)
    folders = {path.name for path in models_folder().iterdir()} - {"active", "lock"}
    assert folders == {*there} - {"bundled"}
    assert running_job() is None


@pytest.mark.no_cover  # of retrainings that others measure
@pytest.mark.parametrize(
    ("ask", "stage", "replay"),
    [
        *((ask, stage, False) for stage in HEADS for ask in (by_request, by_signal)),
        *((by_request, stage, True) for stage in ALL),
    ],
)
def test_cancelled_at_every_stage(
    tiny_model: Path, tmp_path: Path, stage: str, replay: bool, ask: Callable[[], None]
) -> None:
    """Asked once, it stops at that stage even if the first interrupt is lost; the job says so, no version is left."""
    before, there = prepare(tiny_model), versions.versions()
    papers = (str(replay_file(tmp_path)),) if replay else ()
    options = RetrainOptions(Promote.FORCE, papers=papers, max_tokens=32, threads=1)
    with pytest.raises(KeyboardInterrupt):
        retrain(options, AskAt(stage, ask))
    record = jobs()[0].read()
    assert record.state is State.CANCELLED and record.stage.startswith(stage)
    assert record.error is not None and "--resume" in record.error and record.version is None
    nothing_left(before, there)


def test_a_cancelled_one_is_resumed(tiny_model: Path) -> None:
    """It goes on where it was, and then leaves its version."""
    before = prepare(tiny_model)
    with pytest.raises(KeyboardInterrupt):
        retrain(RetrainOptions(Promote.FORCE, threads=1), AskAt("promoting", by_request))
    stages: list[str] = []
    result = resume(progress=lambda stage, step, steps: stages.append(stage))
    assert result.promoted and versions.active_reference() == result.version != before
    assert set(stages) == {"starting", "promoting"}


@pytest.mark.no_cover
@pytest.mark.parametrize(("promote", "stage"), [(Promote.FORCE, "promoting"), (Promote.NEVER, "installing")])
def test_interrupted_anywhere_while_it_is_promoted(tiny_model: Path, promote: Promote, stage: str) -> None:
    """At whatever call of a function the interrupt comes: there is a version and a success, or neither."""
    prepare(tiny_model)
    options = RetrainOptions(promote, threads=1)
    whole = Calls(stage)
    try:
        retrain(options, whole)
    finally:
        sys.setprofile(None)
    before, there = versions.active_reference(), versions.versions()
    with pytest.raises(KeyboardInterrupt):
        retrain(options, AskAt(stage, by_request))
    job = jobs()[0]
    last = {whole.count - number for number in range(0, 40, 2)}
    for call in sorted({whole.count * part // 20 + 1 for part in range(20)} | last):
        if _succeeds(Calls(stage, call)):
            break
        assert job.read().state is State.CANCELLED
        nothing_left(before, there)
    if job.read().state is not State.SUCCEEDED:
        resume()
    version = job.read().version
    assert version is not None and sorted(versions.versions()) == sorted([*there, version])
    assert versions.active_reference() == (version if promote is Promote.FORCE else before)


class Calls:
    """Counts the calls of functions from a stage on, and presses Ctrl-C at one of them."""

    def __init__(self, stage: str, interrupted: int = 0) -> None:
        self.stage, self.interrupted, self.count = stage, interrupted, 0

    def __call__(self, stage: str, step: int, steps: int) -> None:
        """Be told a stage."""
        if stage == self.stage:
            sys.setprofile(self._profile)

    def _profile(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            self.count += 1
            if self.count == self.interrupted:
                sys.setprofile(None)
                handler = signal.getsignal(signal.SIGINT)
                if isinstance(getattr(handler, "__self__", None), Cancelling):  # else it has ended
                    by_signal()


def _succeeds(progress: Calls) -> bool:
    try:
        resume(progress=progress)
    except KeyboardInterrupt:
        return False
    finally:
        sys.setprofile(None)
    return True
