"""Retraining over HTTP: starting one, watching it, and cancelling it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Annotated, Any, Self, TypeVar

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError, UsageError
from serving.http.errors import ServiceError
from serving.http.keys import Role
from serving.http.local_paths import without_local_paths
from serving.http.routing import JsonBody, Router, json_answer
from serving.worker import retrain_jobs
from serving.worker.state import State
from training.retraining.job import Job, JobRecord, NoSuchJobError
from training.retraining.job import State as JobState
from training.retraining.lock import RetrainRunningError
from training.retraining.retrain_options import Promote

logger = logging.getLogger("areatag.service")

T = TypeVar("T")

_CANCEL_SECONDS = 5.0
"""Longest time that cancelling waits for the job to stop; it stops all the same."""
_JOB = "20260101-120000-0a1b2c"
_ANSWER = {
    "job": _JOB,
    "state": "running",
    "created": "2026-01-01T12:00:00Z",
    "stage": "fine-tuning",
    "step": 40,
    "steps": 225,
    "seconds": 61.5,
    "version": None,
    "verdict": None,
    "promoted": None,
    "metrics": {},
    "error": None,
}
_Name = Annotated[str, Path(min_length=1, description="A name that POST /retrain answered.", examples=[_JOB])]


class RetrainRequest(BaseModel):
    """A retraining to start, or an interrupted one to go on with."""

    model_config = ConfigDict(extra="forbid")

    promote: Promote = Field(
        Promote.AUTO,
        description="auto: the new version becomes active if the gate lets it pass; never; force: anyway.",
    )
    resume: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="A failed or cancelled job to go on with, as it was started; promote, if given, is heeded."
    )


class RetrainJob(BaseModel):
    """A retraining."""

    job: str = Field(description="What GET and DELETE /retrain/{job} take.", examples=["20260101-120000-0a1b2c"])
    state: JobState
    created: str = Field(description="When it was asked for: UTC, ISO 8601.")
    stage: str = Field(description="What it does now.")
    step: int = Field(ge=0)
    steps: int = Field(ge=0, description="Steps of the stage; 0: not known.")
    seconds: float = Field(ge=0, description="Time at work.")
    version: str | None = Field(description="The new version; POST /models/{version}/activate makes it active.")
    verdict: str | None = Field(description="not inferior, inferior, or insufficient evidence.")
    promoted: bool | None = Field(description="Whether it became the active version.")
    metrics: dict[str, Any] = Field(
        description="What it learned from (data, training), its comparison with the active model (gate), forgetting."
    )
    error: str | None = Field(description="Why it failed or was cancelled, and what to do.")

    @classmethod
    def of(cls, record: JobRecord) -> Self:
        """The record without the folders of this machine."""
        return cls.model_validate(without_local_paths(record.model_dump()))


router = Router()


@router.call(
    "POST",
    "/retrain",
    Role.ADMIN,
    "Start a retraining from the stored labels, in a process of its own",
    RetrainJob,
    example=_ANSWER,
    status=202,
    errors=(404, 409, 503),
)
async def retrain(
    wanted: Annotated[RetrainRequest, JsonBody(RetrainRequest, {"promote": "auto"}, required=False)], state: State
) -> Response:
    """A call without a body asks for the defaults."""

    def begin() -> JobRecord:
        if wanted.resume is not None:
            promote = wanted.promote if "promote" in wanted.model_fields_set else None
            return retrain_jobs.start_again(Job.find(wanted.resume).name, promote).read()
        return retrain_jobs.start(wanted.promote, state.settings.device).read()

    return _answer(await _in_thread(begin), 202)


@router.call(
    "GET",
    "/retrain/{job}",
    Role.ADMIN,
    "State, progress, metrics and verdict of a retraining",
    RetrainJob,
    example=_ANSWER,
    errors=(404, 503),
)
async def job(job: _Name) -> Response:
    """Also of one that has ended."""
    return _answer(await _in_thread(lambda: Job.find(job).read()))


@router.call(
    "DELETE",
    "/retrain/{job}",
    Role.ADMIN,
    "Cancel a retraining; the active model stays, and no version is left",
    RetrainJob,
    example=_ANSWER,
    errors=(404, 409, 503),
)
async def cancel(job: _Name) -> Response:
    """What it has done is kept; POST /retrain with "resume" goes on with it."""
    record = await _in_thread(lambda: Job.find(job).read())
    if not record.state.unfinished:
        raise ServiceError(409, f"The retraining {job} has ended already (state: {record.state}).")
    await _in_thread(lambda: Job.find(job).ask_to_cancel())
    deadline = time.monotonic() + _CANCEL_SECONDS
    while record.state.unfinished and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        record = await _in_thread(lambda: Job.find(job).read())
    if record.state is JobState.SUCCEEDED:
        raise ServiceError(409, f"It was too late to cancel the retraining {job}: its version is {record.version}.")
    return _answer(record)


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
    return json_answer(RetrainJob.of(record).model_dump(), status)
