"""How one worker follows the file `active`, without the rest of the service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from model import versions
from model.activation import activate
from model.artefact import Artefact
from model.tagger import Tagger
from serving.http.errors import ServiceError
from serving.http.settings import ServiceSettings
from serving.worker import model_follower
from serving.worker.active_model import ActiveModel
from serving.worker.model_follower import ModelFollower
from tests.serving.fake_tagger import FakeTagger
from tests.support.artefact import damage, write_artefact
from tests.support.waiting import PATIENCE


def _load(ref: str, **_: object) -> FakeTagger:
    return FakeTagger(Artefact.open(versions.resolve_model(ref)).version)


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two versions, of which v1 is active; taggers need no model."""
    activate(str(write_artefact(tmp_path / "v1", "v1")))
    versions.install(write_artefact(tmp_path / "v2", "v2"))
    monkeypatch.setattr(Tagger, "load", _load)
    monkeypatch.setattr(model_follower, "POLL_SECONDS", 0.001)


def _followed(check: Callable[[ModelFollower, ActiveModel], Awaitable[None]], **settings: object) -> None:
    """Run a follower, and the check beside it once the first model is decided."""

    async def both() -> None:
        chosen = ServiceSettings.model_validate(settings)
        model = ActiveModel(chosen)
        follower = ModelFollower(chosen, model)
        running = asyncio.create_task(follower.run())
        try:
            await model.decided.wait()
            await check(follower, model)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    asyncio.run(asyncio.wait_for(both(), PATIENCE))


def _version(model: ActiveModel) -> str:
    return model.current.version if model.current else ""


def test_another_process_activates_and_this_one_follows() -> None:
    """Calls go on with the old model until the new one is loaded."""

    async def check(follower: ModelFollower, model: ActiveModel) -> None:
        assert _version(model) == "v1"
        await asyncio.to_thread(activate, "v2")
        while _version(model) != "v2":
            await asyncio.sleep(0)

    _followed(check)


def test_a_version_that_cannot_be_loaded_leaves_the_old_one() -> None:
    """The sentence names what is wrong, and no folder of this machine."""

    async def check(follower: ModelFollower, model: ActiveModel) -> None:
        damage(versions.models_folder() / "v2")
        with pytest.raises(ServiceError, match="nothing changed") as raised:
            await follower.activate("v2")
        assert raised.value.status == 409 and str(versions.models_folder()) not in raised.value.sentence
        assert _version(model) == "v1" == versions.active_reference()

    _followed(check)


def test_a_version_that_is_not_there_is_404() -> None:
    """Nor is a path taken for one."""

    async def check(follower: ModelFollower, model: ActiveModel) -> None:
        for name in ("v3", "../v1", ""):
            with pytest.raises(ServiceError) as raised:
                await follower.activate(name)
            assert raised.value.status == 404

    _followed(check)


def test_a_service_with_a_model_of_its_own_follows_nothing() -> None:
    """And says so to those who ask it to."""

    async def check(follower: ModelFollower, model: ActiveModel) -> None:
        assert follower.pinned and _version(model) == "v2"
        with pytest.raises(ServiceError, match="keeps that model"):
            await follower.activate("v1")

    _followed(check, model="v2")


def test_roll_back_to_the_version_before() -> None:
    """The file and this worker change together; with nothing before it, it says what to do instead."""

    async def check(follower: ModelFollower, model: ActiveModel) -> None:
        await follower.activate("v2")
        await follower.roll_back()
        assert _version(model) == "v1" == versions.active_reference() == follower.reference
        (versions.models_folder() / "active").unlink()
        with pytest.raises(ServiceError, match="Nothing was active before") as raised:
            await follower.roll_back()
        assert raised.value.status == 409

    _followed(check)


def test_a_roll_back_that_a_worker_cannot_follow_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is left with another version than the others."""

    async def check(follower: ModelFollower, model: ActiveModel) -> None:
        await follower.activate("v2")
        with monkeypatch.context() as patch:
            patch.setattr(Tagger, "load", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("no memory")))
            with pytest.raises(ServiceError, match="v2 is active again"):
                await follower.roll_back()
        assert _version(model) == "v2" == versions.active_reference()

    _followed(check)
