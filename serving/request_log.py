"""One log line and one count for every request, under a request id that the client gets back."""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving import metrics

logger = logging.getLogger("areatag.access")

_REQUEST_ID = ContextVar("request_id", default="")
_ACCEPTED_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET_ROUTES = frozenset({"/livez", "/healthz", "/readyz", "/metrics"})  # probed every few seconds


class RequestLog:
    """ASGI middleware; routes are labelled by their path in `routes`, everything else as "other"."""

    def __init__(self, app: ASGIApp, routes: frozenset[str]) -> None:
        self.app = app
        self.routes = routes
        self._patterns = [(route, compile_path(route)[0]) for route in sorted(routes) if "{" in route]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given.decode() if _ACCEPTED_ID.fullmatch(given) else uuid.uuid4().hex
        token = _REQUEST_ID.set(request_id)
        start, status = time.monotonic(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            with metrics.CALLS_RUNNING.track_inprogress():
                await self.app(scope, receive, send_with_id)
        finally:
            self._record(scope, status, time.monotonic() - start)
            _REQUEST_ID.reset(token)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = self._route(scope["path"])
        method = scope["method"] if scope["method"] in _METHODS else "other"
        metrics.CALLS.labels(route, method, str(status)).inc()
        metrics.CALL_SECONDS.labels(route).observe(seconds)
        if route not in _QUIET_ROUTES:
            fields = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
            logger.info("%s %s", method, route, extra=fields)

    def _route(self, path: str) -> str:
        """Return the route's path, with its parameters as {names}: their values would be metrics without bound."""
        if path in self.routes:
            return path
        return next((route for route, pattern in self._patterns if pattern.match(path)), "other")


class _WithRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if request_id := _REQUEST_ID.get():
            record.request_id = request_id
        return True


def configure_logging() -> None:
    """Send the log of this process to stderr, one JSON object a line, with the id of its request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )
    )
    handler.addFilter(_WithRequestId())
    for name, level in (
        ("areatag", logging.INFO),
        ("uvicorn", logging.WARNING),
        ("bentoml", logging.WARNING),
    ):
        log = logging.getLogger(name)
        log.handlers, log.propagate = [handler], False
        log.setLevel(level)
    # BentoML gives uvicorn's error logger a handler of its own.
    logging.getLogger("uvicorn.error").handlers.clear()
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)
