"""Health and metrics, for those who run the service: GET /livez, /healthz, /readyz and /metrics."""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import PlainTextResponse
from starlette.concurrency import run_in_threadpool

from serving.http import metrics
from serving.http.keys import Role
from serving.http.routing import Router
from serving.worker.state import State

_OK = "\n"
_METRICS = 'areatag_papers_total{model="20260101-0a1b2c3d"} 17.0\n'

router = Router()


@router.call("GET", "/livez", Role.NONE, "The process lives", example=_OK, errors=(503,))
async def livez(state: State) -> Response:
    """An orchestrator restarts a process that answers 503: its model did not start."""
    if state.model.failed:
        state.require_model()
    return PlainTextResponse(_OK)


router.hidden("/healthz", Role.NONE)(livez)


@router.call("GET", "/readyz", Role.NONE, "The active model has tagged a paper", example=_OK, errors=(503,))
async def readyz(state: State) -> Response:
    """Before, the answer says why not."""
    state.require_model()
    return PlainTextResponse(_OK)


@router.call("GET", "/metrics", Role.NONE, "Prometheus metrics", example=_METRICS)
async def prometheus() -> Response:
    """Of all worker processes."""
    content, media_type = await run_in_threadpool(metrics.exposition)
    return Response(content, media_type=media_type)
