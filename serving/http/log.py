"""One log line and one count for every request, under a request id that the client gets back."""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http import metrics
from serving.http.routing import RouteTable, method_name
from serving.http.tracing import Tracing

logger = logging.getLogger("areatag.access")

_REQUEST_ID = ContextVar("request_id", default="")
_ACCEPTED_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_QUIET_ROUTES = frozenset({"/livez", "/healthz", "/readyz", "/metrics"})  # probed every few seconds


class RequestLog:
    """ASGI middleware; calls are labelled by their route."""

    def __init__(self, app: ASGIApp, routes: RouteTable, tracing: Tracing | None) -> None:
        self.app, self._routes, self._tracing = app, routes, tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on and write its line of the log when it is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given.decode() if _ACCEPTED_ID.fullmatch(given) else uuid.uuid4().hex
        token = _REQUEST_ID.set(request_id)
        if self._tracing is not None:
            self._tracing.describe_call(request_id=request_id)
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
        route, method = self._routes.name_of(scope["path"]), method_name(scope["method"])
        metrics.CALLS.labels(route, method, str(status)).inc()
        metrics.CALL_SECONDS.labels(route).observe(seconds)
        if route not in _QUIET_ROUTES:
            fields = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
            logger.info("%s %s", method, route, extra=fields)


class _WithIds(logging.Filter):
    def __init__(self, tracing: Tracing | None) -> None:
        super().__init__()
        self._tracing = tracing

    def filter(self, record: logging.LogRecord) -> bool:
        if request_id := _REQUEST_ID.get():
            record.request_id = request_id
        if self._tracing is not None:
            record.__dict__.update(self._tracing.ids())
        return True


def configure_logging(tracing: Tracing | None) -> None:
    """Send the log of this process to stderr, one JSON object a line, with the ids of its request and trace."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )
    )
    handler.addFilter(_WithIds(tracing))
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
