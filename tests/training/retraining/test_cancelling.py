"""Interrupts that come at any time, are lost, or come too late."""

from __future__ import annotations

import gc
import os
import signal
import threading
import weakref
from collections.abc import Callable

import pytest

from tests.support.waiting import PATIENCE
from training.retraining.cancelling import Cancelling
from training.retraining.job import Job
from training.retraining.lock import RetrainLock
from training.retraining.retrain_options import RetrainOptions


class Thing:
    """Something to refer to."""


@pytest.fixture
def job() -> Job:
    """A job that nobody works on."""
    with RetrainLock.acquire() as lock:
        return Job.create(RetrainOptions(), lock)


def by_request(job: Job) -> None:
    """Ask for it, as DELETE does."""
    job.ask_to_cancel()


def by_signal(job: Job) -> None:
    """Press Ctrl-C once."""
    os.kill(os.getpid(), signal.SIGINT)


ASK = pytest.mark.parametrize("ask", [by_request, by_signal])


def wait_for_ever() -> None:
    """Wait until something is raised."""
    assert not threading.Event().wait(PATIENCE)
    raise AssertionError("nothing interrupted it")


@ASK
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_lost_in_a_callback_comes_again(job: Job, ask: Callable[[Job], None]) -> None:
    """What is raised in the callback of a weak reference reaches nobody; the work is interrupted all the same."""
    lost = threading.Event()

    def callback(_: object) -> None:
        try:
            ask(job)
            wait_for_ever()
        finally:
            lost.set()

    with pytest.raises(KeyboardInterrupt), Cancelling(job):
        thing = Thing()
        reference = weakref.ref(thing, callback)
        del thing
        gc.collect()
        assert lost.is_set() and reference() is None
        wait_for_ever()


@ASK
def test_an_interrupt_that_a_library_catches_comes_again(job: Job, ask: Callable[[Job], None]) -> None:
    """So it does where everything is caught."""
    caught = 0
    with pytest.raises(KeyboardInterrupt), Cancelling(job):
        try:
            ask(job)
            wait_for_ever()
        except BaseException:
            caught += 1
        wait_for_ever()
    assert caught == 1


@ASK
def test_nothing_is_interrupted_when_it_is_too_late(job: Job, ask: Callable[[Job], None]) -> None:
    """After `stop`, and after the end, no interrupt comes, and the handler is the one from before."""
    before = signal.getsignal(signal.SIGINT)
    with Cancelling(job) as cancelling:
        cancelling.stop()
        ask(job)
        assert not threading.Event().wait(1.0)
    assert signal.getsignal(signal.SIGINT) is before


def test_time_to_clean_up(job: Job) -> None:
    """Ctrl-C pressed again and again does not interrupt what the first one has set going."""
    cleaned = []
    with pytest.raises(KeyboardInterrupt), Cancelling(job):
        try:
            by_signal(job)
        finally:
            for number in range(100):
                by_signal(job)
                cleaned.append(number)
    assert len(cleaned) == 100
