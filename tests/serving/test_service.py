"""What the service uses of BentoML: its private parts, and batches that wait for nobody."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import bentoml
from _bentoml_impl.server.app import ServiceAppFactory
from bentoml._internal.marshal.dispatcher import CorkDispatcher, Optimizer

from serving.service import PromptOptimizer, areatag
from tests.serving.conftest import ROOT


def _no_answer() -> int:
    raise AssertionError("a call was dropped")


def test_batches_are_what_came_while_the_encoder_was_busy() -> None:
    """Also after batches that waited: BentoML would hold the next one back."""
    batches: list[int] = []

    async def encode(batch: Sequence[int]) -> Sequence[int]:
        batches.append(len(batch))
        await asyncio.sleep(0.02)
        return batch

    async def run() -> None:
        dispatcher: CorkDispatcher[int, int] = CorkDispatcher(
            24 * 3600 * 1000, 16, fallback=_no_answer, get_batch_size=lambda _: 1
        )
        dispatcher.optimizer = PromptOptimizer(24 * 3600)
        call = dispatcher(encode)
        for _ in range(8):
            assert await asyncio.gather(*(call(number) for number in range(12))) == list(range(12))
        assert (dispatcher.optimizer.wait, dispatcher.optimizer.o_a, dispatcher.optimizer.o_b) == (0, 0, 0)
        dispatcher.shutdown()

    asyncio.run(run())
    assert sum(batches) == 96
    assert max(batches) >= 11


def test_bentomls_private_parts_are_as_they_were() -> None:
    """After an update of BentoML this names what is gone; serving/service.py is the one file to change."""
    areatag.inject_config()  # the factory reads it; `to_asgi` does the same first
    factory = ServiceAppFactory(areatag, is_main=True)
    dispatcher = factory.dispatchers["encode"]
    used: list[tuple[object, tuple[str, ...]]] = [
        (areatag, ("inject_config", "schema", "openapi_spec", "to_asgi")),
        (factory, ("lifespan", "dispatchers", "_service_instance")),
        (dispatcher, ("optimizer", "get_batch_size")),
        (dispatcher.optimizer, ("o_a", "o_b", "wait", "log_outbound")),
        (areatag.apis["encode"], ("batchable", "max_batch_size", "_local_call")),
    ]
    missing = [f"{type(owner).__name__}.{name}" for owner, names in used for name in names if not hasattr(owner, name)]
    assert not missing, f"BentoML {version('bentoml')} has no {', '.join(missing)} any more; 1.4.39 had"
    assert issubclass(PromptOptimizer, Optimizer) and isinstance(areatag, bentoml.Service)


def test_one_file_uses_bentomls_private_parts() -> None:
    """So that a release that changes them costs one change."""
    private = re.compile(r"^\s*(from|import) (_bentoml|bentoml\._)", re.MULTILINE)
    files = [path.relative_to(ROOT) for path in (ROOT / "serving").rglob("*.py") if private.search(path.read_text())]
    assert files == [Path("serving/service.py")]
