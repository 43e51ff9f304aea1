"""Two model versions on the same papers, over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Self

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError
from data.papers import Paper
from model.model_diff import ModelDifference, compare_models
from model.tagger import Tagger
from model.versions import versions
from serving.http.errors import ServiceError
from serving.http.keys import Role
from serving.http.local_paths import without_local_paths
from serving.http.routing import JsonBody, Router, json_answer
from serving.http.settings import MAX_PAPERS, ServiceSettings
from serving.routes.paper_input import PaperIn, papers_in
from serving.routes.stored_labels import stored_labels
from serving.worker.state import State

_SHARE = 0.5
"""Part of the time of a call in which papers are tagged."""
_REQUEST = {"first": "20251201-4d5e6f70", "second": "20260101-0a1b2c3d"}
_ANSWER = {
    **_REQUEST,
    "papers": 60,
    "papers_changed": 1,
    "agreement": 0.98,
    "probability_difference": 0.012,
    "lost": {},
    "gained": {"vision/segmentation": 1},
    "changed": [{"id": "a", "title": "Counting cells", "lost": [], "gained": ["vision/segmentation"]}],
}
_Version = Annotated[str, Field(min_length=1, max_length=100)]
_comparing = threading.Lock()
"""Two more models are in memory while it is held."""


class ComparisonRequest(BaseModel):
    """Two versions, and papers to compare them on."""

    model_config = ConfigDict(strict=True, extra="forbid")

    first: _Version = Field(description="A name that GET /models lists.")
    second: _Version = Field(description="Another one.")
    papers: Annotated[list[PaperIn], Field(min_length=1, max_length=MAX_PAPERS)] | None = Field(
        None, description="By default those of the label store."
    )

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.first == self.second:
            raise PydanticCustomError("one_version", "names one version twice; name two")
        return self


class ChangedPaper(BaseModel):
    """A paper that the two versions tag differently."""

    id: str
    title: str
    lost: list[str] = Field(description="Areas of the first version alone.")
    gained: list[str] = Field(description="Areas of the second version alone.")


class ComparisonResponse(BaseModel):
    """What two versions answer on the same papers, as areatag models diff prints it."""

    first: str
    second: str
    papers: int = Field(ge=0, description="Papers that both have tagged, as many as there was time for.")
    papers_changed: int = Field(ge=0)
    agreement: float = Field(description="Micro-F1 of one version's areas against the other's; 1: all are the same.")
    probability_difference: float = Field(description="Mean absolute difference, over the areas that both know.")
    lost: dict[str, int] = Field(description="Papers that each area lost.")
    gained: dict[str, int] = Field(description="Papers that each area gained.")
    changed: list[ChangedPaper]


router = Router()


@router.call(
    "POST",
    "/models/compare",
    Role.LABEL,  # it shows papers that others sent
    "What two versions say differently of the same papers",
    ComparisonResponse,
    example=_ANSWER,
    errors=(404, 409, 503),
)
async def compare_versions(
    wanted: Annotated[ComparisonRequest, JsonBody(ComparisonRequest, _REQUEST)], state: State
) -> Response:
    """Each is loaded for the call; the model that answers is neither changed nor kept waiting."""
    state.require_model()
    known = await run_in_threadpool(versions)
    if missing := [name for name in (wanted.first, wanted.second) if name not in known]:
        raise ServiceError(404, f"There is no version {missing[0]!r}; GET /models lists them.")
    if wanted.papers is not None:
        papers, _ = papers_in(wanted.papers)
    else:
        papers = [label.paper for label in await stored_labels(state)]
    if not papers:
        raise ServiceError(409, "There are no papers to compare on: the label store is empty; send some with the call.")
    found = await run_in_threadpool(_compare, wanted, papers, state.settings)
    return json_answer(found.to_record())


def _compare(wanted: ComparisonRequest, papers: Sequence[Paper], settings: ServiceSettings) -> ModelDifference:
    if not _comparing.acquire(blocking=False):
        raise ServiceError(409, "Another comparison is running; ask again when it is done.")
    try:
        first, second = (
            Tagger.load(name, device=settings.device, threads=settings.threads)
            for name in (wanted.first, wanted.second)
        )
        return compare_models(first, second, _in_time(papers, _SHARE * settings.request_seconds))
    except AreatagError as error:
        raise ServiceError(409, without_local_paths(f"The versions cannot be compared. {error}")) from None
    finally:
        _comparing.release()


def _in_time(papers: Sequence[Paper], seconds: float) -> Iterator[Paper]:
    """Yield the papers until the time is over, at least one."""
    deadline = time.monotonic() + seconds
    for number, paper in enumerate(papers):
        if number and time.monotonic() > deadline:
            return
        yield paper
