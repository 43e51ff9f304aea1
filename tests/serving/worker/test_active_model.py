"""The model of one worker: tried before it answers, and kept when another one fails."""

from __future__ import annotations

import asyncio
import logging

import pytest

from data.errors import AreatagError, UsageError
from model.tagger import Tagger
from serving.http.settings import ServiceSettings
from serving.worker.active_model import ActiveModel
from tests.serving.fake_tagger import FakeTagger


def _load(ref: str, device: str = "", threads: int | None = None) -> FakeTagger:
    assert (device, threads) == ("cpu", 3)
    if ref == "missing":
        raise UsageError("There is no model /home/me/missing.")
    if ref == "broken":
        raise RuntimeError("a library's own words")
    return FakeTagger(ref)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> ActiveModel:
    """A worker's, before it has any model."""
    monkeypatch.setattr(Tagger, "load", _load)
    return ActiveModel(ServiceSettings(device="cpu", threads=3))


def test_the_first_model_has_tagged_a_paper_when_it_answers(model: ActiveModel) -> None:
    """Loaded with the device and the threads of the service."""
    asyncio.run(model.start("v1"))
    assert model.decided.is_set() and not model.failed
    assert isinstance(model.current, FakeTagger) and model.current.batches == [1]


@pytest.mark.parametrize("ref", ["missing", "broken"])
def test_a_first_model_that_fails_is_told_to_the_log_alone(
    model: ActiveModel, ref: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Who waits for it is let go."""
    with caplog.at_level(logging.ERROR, "areatag.service"):
        asyncio.run(model.start(ref))
    assert model.failed and model.decided.is_set() and model.current is None
    assert "The model could not be started." in caplog.text


def test_another_model_is_used_only_when_it_is_loaded(model: ActiveModel) -> None:
    """Calls that have taken the old one keep it; a failure changes nothing."""

    async def swap() -> None:
        await model.start("v1")
        old = model.current
        with pytest.raises(AreatagError):
            await model.load("missing")
        new = await model.load("v2")
        assert model.current is old
        model.use(new)
        assert model.current is new

    asyncio.run(swap())


def test_a_model_after_a_failed_start_makes_up_for_it(model: ActiveModel) -> None:
    """An activation repairs the service."""

    async def repair() -> None:
        await model.start("broken")
        model.use(await model.load("v2"))

    asyncio.run(repair())
    assert not model.failed and model.current is not None and model.current.version == "v2"
