"""Retraining over HTTP: starting one, watching it, and cancelling it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Self, TypeVar

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError, UsageError
from data.labels import LabelledPaper
from serving.http.errors import ServiceError
from serving.http.keys import Role
from serving.http.local_paths import without_local_paths
from serving.http.routing import JsonBody, Router, json_answer
from serving.routes.stored_labels import stored_labels
from serving.worker import retrain_jobs
from serving.worker.state import State
from training.retraining.held_out import FEWEST_HELD_OUT, split_labels
from training.retraining.job import Job, JobRecord, NoSuchJobError, latest_jobs
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
    "stages": [{"name": "starting", "began": 0.1}, {"name": "fine-tuning", "began": 12.4}],
    "seconds": 61.5,
    "version": None,
    "verdict": None,
    "promoted": None,
    "metrics": {},
    "error": None,
}
_LISTED = 10
_LIST = {
    "jobs": [_ANSWER],
    "problem": None,
    "labels": {"papers": 80, "complete": 60, "held_out": 15, "held_out_needed": 50, "left_out": None},
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


class RetrainStage(BaseModel):
    """A stage that a retraining has begun."""

    name: str
    began: float = Field(ge=0, description="Seconds at work by then.")


class RetrainJob(BaseModel):
    """A retraining."""

    job: str = Field(description="What GET and DELETE /retrain/{job} take.", examples=["20260101-120000-0a1b2c"])
    state: JobState
    created: str = Field(description="When it was asked for: UTC, ISO 8601.")
    stage: str = Field(description="What it does now.")
    step: int = Field(ge=0)
    steps: int = Field(ge=0, description="Steps of the stage; 0: not known.")
    stages: list[RetrainStage] = Field(description="Those begun so far; of a resumed retraining since then.")
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


class LearnableLabels(BaseModel):
    """What a retraining would learn from and be judged by."""

    papers: int = Field(ge=0, description="Papers with labels.")
    complete: int = Field(ge=0, description="Those with a complete label.")
    held_out: int = Field(ge=0, description="A quarter of these, which never train: they compare versions.")
    held_out_needed: int = Field(description="With fewer the verdict is insufficient evidence.")
    left_out: str | None = Field(description="Which labels neither train nor compare, and why. Null: each is used.")

    @classmethod
    def of(cls, labelled: Sequence[LabelledPaper], areas: int) -> Self:
        """Of the labels of the label store, for a model of so many areas."""
        split = split_labels(labelled, areas, calibrate=False)
        return cls(
            papers=len(labelled),
            complete=sum(label.complete for label in labelled),
            held_out=len(split.held_out),
            held_out_needed=FEWEST_HELD_OUT,
            left_out=split.left_out() or None,
        )


class RetrainList(BaseModel):
    """The retrainings of this machine."""

    jobs: list[RetrainJob] = Field(description="The latest first, ten at most.")
    problem: str | None = Field(description="Why none can be started here, or not now.")
    labels: LearnableLabels


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
    "/retrain",
    Role.ADMIN,
    "The latest retrainings, and what the next one would learn from",
    RetrainList,
    example=_LIST,
    errors=(503,),
)
async def retrainings(state: State) -> Response:
    """Whoever comes back to a running one finds it here."""

    def look() -> tuple[list[JobRecord], str | None]:
        return [job.read() for job in latest_jobs(_LISTED)], retrain_jobs.problem()

    records, problem = await _in_thread(look)
    labelled = await stored_labels(state)
    areas = len(state.require_model().taxonomy.areas)
    labels = await run_in_threadpool(LearnableLabels.of, labelled, areas)
    answer = RetrainList(jobs=[RetrainJob.of(record) for record in records], problem=problem, labels=labels)
    return json_answer(answer.model_dump())


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
        raise _unmanageable(error) from None


def _unmanageable(error: AreatagError) -> ServiceError:
    logger.error("%s", error)  # it may name paths, which are not the client's business
    sentence = "Retrainings cannot be managed now; the log of the service says why."
    return ServiceError(503, sentence, headers={"Retry-After": "5"})


def _answer(record: JobRecord, status: int = 200) -> Response:
    return json_answer(RetrainJob.of(record).model_dump(), status)
