"""The BentoML service: its life cycle, its adaptive batching, and the app that answers the routes.

All that leans on BentoML's private modules is here, and `tests/serving/test_service.py` says what a release changed.

The routes are FastAPI's, because BentoML answers bad input in shapes and with statuses of its own. The one API method
is the encoder batch. BentoML's way to call it from inside (`to_async`) goes through HTTP and JSON again: 2.5 ms of CPU
a call, and it breaks under concurrent calls (1.4.39). So the app hands papers straight to BentoML's dispatcher for that
method, and the method has no route.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from functools import cached_property
from typing import Any, TypeVar

import bentoml
from _bentoml_impl.server.app import ServiceAppFactory
from bentoml._internal.marshal.dispatcher import CorkDispatcher, Optimizer
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from serving.http.app import create_app
from serving.http.log import configure_logging
from serving.http.settings import ENCODER_BATCH, ServiceSettings
from serving.http.tracing import Tracing
from serving.routes.docs import client_schema
from serving.routes.registry import ROUTERS, api_document
from serving.worker.encoder_queue import BatchItem, EncoderQueue, Outcome
from serving.worker.state import ServiceState

os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")  # read when BentoML starts to serve

T = TypeVar("T")

_NEVER_MS = 24 * 3600 * 1000
"""The dispatcher drops calls that it guesses will be later than this; we refuse at the door instead."""


class PromptOptimizer(Optimizer):
    """Says that a batch gains nothing by waiting, so an idle encoder starts at once with what has come.

    BentoML holds papers back, although the encoder is idle, for as long as papers waited on average lately. That pays
    where a batch of many takes hardly longer than a batch of one. On a CPU it takes many times as long
    (benchmarks/encoder.py), and batches form anyway from what comes while the encoder is busy.
    """

    def __init__(self, max_latency: float) -> None:
        super().__init__(max_latency)
        self.o_a = self.o_b = 0.0  # the expected seconds of a batch, by which the dispatcher reckons its waiting

    def log_outbound(self, n: int, wait: float, duration: float) -> None:
        """Learn nothing from a batch of `n` papers."""


class WorkerFactory(ServiceAppFactory):
    """BentoML's life cycle of the service in one worker process, and its batches, without its app."""

    def submit(self) -> Callable[[BatchItem], Awaitable[Outcome]]:
        """Return what puts a paper into the next batch of the API method `encode`, and waits for its outcome."""
        dispatcher: CorkDispatcher[BatchItem, Outcome] = self.dispatchers["encode"]
        dispatcher.optimizer = PromptOptimizer(_NEVER_MS / 1000)
        dispatcher.get_batch_size = _one  # BentoML's own looks for what kind of list a batch is
        thread = ThreadPoolExecutor(1, "encoder")  # BentoML gives a worker one batch at a time

        async def encode(batch: Sequence[BatchItem]) -> Sequence[Outcome]:
            return await asyncio.get_running_loop().run_in_executor(thread, self._encode, list(batch))

        return dispatcher(encode)  # type: ignore[return-value]  # None stands for a call that was dropped

    @cached_property
    def _encode(self) -> Callable[[list[BatchItem]], list[Outcome]]:
        """The API method of the running service; looking it up takes BentoML a tenth of a millisecond."""
        assert self._service_instance is not None, "the service has not started"
        local: Callable[[list[BatchItem]], list[Outcome]] = self._service_instance.encode.local
        return local


def _one(_: BatchItem) -> int:
    return 1


class TaggingService(bentoml.Service[T]):
    """A BentoML service whose app is ours: its routes, errors, health, log, metrics and traces."""

    state: ServiceState

    @property
    def openapi_spec(self) -> dict[str, Any]:  # type: ignore[override]  # BentoML only writes it into a file
        """What a Bento says of the API: the calls that the app answers, not the encoder batch."""
        return api_document().naming()

    def schema(self) -> dict[str, Any]:
        """What a Bento says to BentoML's tools, as GET /schema.json does."""
        return client_schema()

    def to_asgi(self, is_main: bool = True) -> FastAPI:
        """Return the app of one worker process; `areatag serve` and `bentoml serve` both start here."""
        settings, tracing = ServiceSettings.from_environment(), Tracing.from_environment()
        configure_logging(tracing)
        self.inject_config()
        factory = WorkerFactory(self, is_main=is_main)

        def lifespan(app: FastAPI) -> AbstractAsyncContextManager[None]:
            return factory.lifespan(app)

        app = create_app(ROUTERS, settings, tracing, lifespan)
        self.state = ServiceState.create(settings, EncoderQueue(factory.submit()), tracing)
        app.state.service = self.state
        app.state.read_body, app.state.read_form = self.state.read_body, self.state.read_form
        app.state.receive_file = self.state.receive_file
        app.state.document = api_document()
        return app


class Tagging:
    """Tags scientific papers with research areas."""

    bento_service: TaggingService[Tagging]
    """Set by BentoML."""

    @bentoml.api(batchable=True, max_batch_size=ENCODER_BATCH, max_latency_ms=_NEVER_MS)
    def encode(self, items: list[Any]) -> list[Any]:
        """Encode the papers of several calls at once: list[BatchItem] in, list[Outcome] out."""
        outcomes: list[Outcome] = self.bento_service.state.encoder.encode(items)
        return outcomes

    @bentoml.on_startup
    async def start(self) -> None:
        """Load the model behind the running server, so that /livez answers meanwhile."""
        self._starting = asyncio.create_task(self.bento_service.state.follower.run())

    @bentoml.on_shutdown
    async def stop(self) -> None:
        """Do not wait for a model that is still loading, nor for labels; send the last traces."""
        self._starting.cancel()
        self.bento_service.state.labels.close()
        self.bento_service.state.files.close()
        if (tracing := self.bento_service.state.tracing) is not None:
            await run_in_threadpool(tracing.shutdown)


areatag: TaggingService[Tagging] = bentoml.service(  # type: ignore[operator]  # a module of that name hides it
    name="areatag",
    service_class=TaggingService,
    metrics={"enabled": False},
    logging={"access": {"enabled": False}},
)(Tagging)
"""What `bentoml serve serving.service:areatag` and a Bento serve."""
