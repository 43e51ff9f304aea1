"""Retraining over HTTP: starting one, watching it, and cancelling it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.errors import AreatagError, UsageError
from serving import retrain_jobs
from serving.requests.errors import ServiceError
from serving.requests.local_paths import without_local_paths
from serving.schemas.retrain import RetrainJob, RetrainRequest
from serving.state import ServiceState
from training.retraining.job import Job, JobRecord, NoSuchJobError
from training.retraining.lock import RetrainRunningError

logger = logging.getLogger("areatag.service")

T = TypeVar("T")

_CANCEL_SECONDS = 5.0
"""Longest time that cancelling waits for the job to stop; it stops all the same."""


async def start(request: Request) -> Response:
    """POST /retrain: start a retraining in a process of its own."""
    state: ServiceState = request.app.state.service
    # a call without a body asks for the defaults
    empty = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
    wanted = RetrainRequest.model_validate({}) if empty else await state.read(request, RetrainRequest)

    def begin() -> JobRecord:
        if wanted.resume is not None:
            return retrain_jobs.start_again(Job.find(wanted.resume).name).read()
        return retrain_jobs.start(wanted.promote, state.settings.device).read()

    return _answer(await _in_thread(begin), 202)


async def show(request: Request) -> Response:
    """GET /retrain/{job}: its state, progress, metrics and verdict."""
    return _answer(await _in_thread(lambda: Job.find(request.path_params["job"]).read()))


async def cancel(request: Request) -> Response:
    """DELETE /retrain/{job}: stop it; the active model stays as it is."""
    name = request.path_params["job"]
    record = await _in_thread(lambda: Job.find(name).read())
    if not record.state.unfinished:
        raise ServiceError(409, f"The retraining {name} has ended already (state: {record.state}).")
    await _in_thread(lambda: Job.find(name).ask_to_cancel())
    deadline = time.monotonic() + _CANCEL_SECONDS
    while record.state.unfinished and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        record = await _in_thread(lambda: Job.find(name).read())
    return _answer(record)


ROUTES = (
    Route("/retrain", start, methods=["POST"]),
    Route("/retrain/{job}", show),
    Route("/retrain/{job}", cancel, methods=["DELETE"]),
)


async def _in_thread(work: Callable[[], T]) -> T:
    """Run work on jobs in a thread; its errors become 404, 409 and 503."""
    try:
        return await run_in_threadpool(work)
    except NoSuchJobError as error:
        raise ServiceError(404, str(error)) from None
    except (retrain_jobs.NotPossibleError, RetrainRunningError, UsageError) as error:
        raise ServiceError(409, without_local_paths(str(error))) from None
    except AreatagError as error:
        logger.error("%s", error)  # it may name paths, which are not the client's business
        sentence = "Retrainings cannot be managed now; the log of the service says why."
        raise ServiceError(503, sentence, headers={"Retry-After": "5"}) from None


def _answer(record: JobRecord, status: int = 200) -> Response:
    # a metric that could not be computed is NaN, which JSON does not have
    content = to_json(RetrainJob.of(record).model_dump(), inf_nan_mode="null")
    return Response(content, status, media_type="application/json")
