"""The BentoML service: its life cycle, its adaptive batching, and the app that answers the routes.

POST /tag is not a BentoML API method, because BentoML answers bad input in shapes and with statuses of its own. The
one API method is the encoder batch. BentoML's way to call it from inside (`to_async`) goes through HTTP and JSON
again: 2.5 ms of CPU a call, and it breaks under concurrent calls (1.4.39). So the app hands papers straight to
BentoML's dispatcher for that method, and the method has no route.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any, TypeVar

import bentoml
from _bentoml_impl.server.app import ServiceAppFactory
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from serving.access import AccessControl, ApiKeys
from serving.encoder_queue import BatchItem, EncoderQueue, Outcome
from serving.openapi.document import client_schema, openapi_document
from serving.prompt_batching import PromptOptimizer
from serving.requests import errors
from serving.requests.log import RequestLog, configure_logging
from serving.requests.names import RouteNames
from serving.routes import feedback, models, page, retrain, review, tagging
from serving.settings import ENCODER_BATCH, ServiceSettings
from serving.state import ServiceState
from serving.tracing import Tracing

os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")  # read when BentoML starts to serve

T = TypeVar("T")

_ROUTES = tuple(route for module in (tagging, feedback, review, models, retrain, page) for route in module.ROUTES)
_BENTOML_ROUTES = frozenset({"/livez", "/healthz", "/readyz"})
_CORS: dict[str, Any] = {
    "allow_methods": ["GET", "POST", "DELETE"],
    "allow_headers": ["Authorization", "Content-Type", "X-Request-ID"],
    "expose_headers": ["Retry-After", "X-Request-ID"],
}
_NEVER_MS = 24 * 3600 * 1000
"""The dispatcher drops calls that it guesses will be later than this; we refuse at the door instead."""


class TaggingService(bentoml.Service[T]):
    """A BentoML service whose app has our routes, our errors and BentoML's health, batching and tracing."""

    state: ServiceState

    @property
    def openapi_spec(self) -> dict[str, Any]:  # type: ignore[override]  # BentoML only writes it into a file
        """What a Bento says of the API: the calls that the app answers, not the encoder batch."""
        return openapi_document(())

    def schema(self) -> dict[str, Any]:
        """What a Bento says to BentoML's tools, as GET /schema.json does."""
        return client_schema()

    def to_asgi(self, is_main: bool = True) -> Starlette:
        """Return the app of one worker process; `areatag serve` and `bentoml serve` both start here."""
        configure_logging()
        self.inject_config()
        factory = ServiceAppFactory(self, is_main=is_main)
        factory.timeout = None  # its timer lives on for a minute after each call; the routes limit their own time
        factory.dispatchers["encode"].optimizer = PromptOptimizer(_NEVER_MS / 1000)
        app: Starlette = factory()
        kept = [r for r in app.router.routes if isinstance(r, Route) and r.path in _BENTOML_ROUTES]
        app.router.routes = [*_ROUTES, *kept]
        app.router.redirect_slashes = False
        errors.install(app)
        settings = ServiceSettings.from_environment()
        keys, sites = ApiKeys.from_environment(), settings.trusted_sites()
        app.add_middleware(AccessControl, keys=keys, sites=sites, open_tagging=settings.open_tagging)
        if settings.cors_origins:
            app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins.split(), **_CORS)
        routes, tracing = RouteNames(r.path for r in (*_ROUTES, *kept)), Tracing.from_environment()
        app.add_middleware(RequestLog, routes=routes)
        tracing.install(app, routes)

        def submit(items: list[BatchItem]) -> Any:
            return factory.batch_infer("encode", (items,), {})

        self.state = ServiceState.create(settings, EncoderQueue(submit), tracing)
        app.state.service = self.state
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
        await run_in_threadpool(self.bento_service.state.tracing.shutdown)

    async def __is_alive__(self) -> bool:
        """Tell an orchestrator to restart a process whose model did not start."""
        return not self.bento_service.state.model.failed

    async def __is_ready__(self) -> bool:
        """Raise the 503 that says why when there is no model yet."""
        self.bento_service.state.require_model()
        return True


areatag: TaggingService[Tagging] = bentoml.service(  # type: ignore[operator]  # a module of that name hides it
    name="areatag",
    service_class=TaggingService,
    metrics={"enabled": False},
    logging={"access": {"enabled": False}},
)(Tagging)
"""What `bentoml serve serving.service:areatag` and a Bento serve."""
