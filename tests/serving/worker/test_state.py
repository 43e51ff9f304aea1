"""What the routes of a worker share: its model, and its limits."""

from __future__ import annotations

import asyncio

import pytest

from serving.http.errors import ServiceError
from serving.http.settings import ServiceSettings
from serving.worker.encoder_queue import BatchItem, EncoderQueue, Outcome
from serving.worker.state import ServiceState
from tests.serving.fake_tagger import FakeTagger


async def _never(item: BatchItem) -> Outcome:
    raise AssertionError("nothing is encoded here")


def _state(**settings: object) -> ServiceState:
    return ServiceState.create(ServiceSettings.model_validate(settings), EncoderQueue(_never), None)


def test_without_a_model_a_call_is_told_why() -> None:
    """It loads, or it could not be started."""
    state = _state(max_queue_seconds=0.01)
    with pytest.raises(ServiceError, match="still loading"):
        asyncio.run(state.await_model())
    state.model.failed = True
    with pytest.raises(ServiceError, match="could not be started") as raised:
        state.require_model()
    assert raised.value.status == 503


def test_a_call_waits_for_the_first_model() -> None:
    """A worker that was started again refuses nobody."""

    async def wait() -> object:
        state = _state()
        call = asyncio.create_task(state.await_model())
        await asyncio.sleep(0)
        state.model.use(FakeTagger("late"))  # type: ignore[arg-type]
        state.model.decided.set()
        return (await call).version

    assert asyncio.run(wait()) == "late"


def test_papers_beyond_the_limit_are_refused_and_leave_no_trace() -> None:
    """Those of calls that ended make room again."""
    state = _state(max_waiting_papers=256, max_queue_seconds=1000)
    with state.queued(200):
        with pytest.raises(ServiceError) as raised, state.queued(57):
            pass
        assert raised.value.status == 429 and int((raised.value.headers or {})["Retry-After"]) >= 1
        with state.queued(56):
            assert state.waiting.used == 256
    assert state.waiting.used == 0


def test_a_queue_that_is_long_in_seconds_is_full() -> None:
    """However few papers it has: the encoder's pace counts."""
    state = _state(max_queue_seconds=0.001)
    with state.queued(100), pytest.raises(ServiceError) as raised, state.queued(1):
        pass
    assert raised.value.status == 429


def test_papers_are_kept_only_where_that_is_asked_for() -> None:
    """The cache is off unless AREATAG_CACHE_PAPERS says otherwise."""
    assert _state().tagged is None and _state(cache_papers=3).tagged is not None
