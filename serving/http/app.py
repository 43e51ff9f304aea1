"""The app of one worker process: routes behind access control, with log, metrics, traces and errors in one shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Lifespan

from serving.http import errors
from serving.http.access import AccessControl
from serving.http.keys import ApiKeys
from serving.http.log import RequestLog
from serving.http.routing import Router, RouteTable
from serving.http.settings import ServiceSettings
from serving.http.tracing import Tracing

_CORS: dict[str, Any] = {
    "allow_methods": ["GET", "POST", "DELETE"],
    "allow_headers": ["Authorization", "Content-Type", "X-Request-ID"],
    "expose_headers": ["Retry-After", "X-Request-ID"],
}


def create_app(
    routers: Iterable[Router], settings: ServiceSettings, tracing: Tracing | None, lifespan: Lifespan[FastAPI]
) -> FastAPI:
    """Return the app that answers the routes; its state is the caller's to add.

    Raises:
        UsageError: the API keys of the environment are malformed.
    """
    app = FastAPI(
        lifespan=lifespan,
        openapi_url=None,  # see serving.routes.docs
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},  # ours are others
    )
    # not included as routers within the app's: each call would look for its route twice
    app.router.routes = [route for router in routers for route in router.routes]
    errors.install(app)
    table = RouteTable(app.router.routes)
    app.add_middleware(
        AccessControl,
        keys=ApiKeys.from_environment(),
        sites=settings.trusted_sites(),
        routes=table,
        open_tagging=settings.open_tagging,
    )
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins.split(), **_CORS)
    app.add_middleware(RequestLog, routes=table, tracing=tracing)
    if tracing is not None:
        tracing.install(app, table)
    return app
