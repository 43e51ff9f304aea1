"""What to label next, over HTTP."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError
from serving.http.errors import ServiceError
from serving.http.keys import Role
from serving.http.routing import Router, json_answer
from serving.worker.state import State

logger = logging.getLogger("areatag.service")

_MOST, _DEFAULT = 100, 20
_LOOKING_SHARE = 0.3
"""Part of the time of a call in which new candidates are encoded."""
_ANSWER = {
    "model": "20260101-0a1b2c3d",
    "candidates": 240,
    "considered": 240,
    "papers": [
        {
            "id": "b",
            "title": "Depth from a single picture of cells",
            "abstract": "We estimate depth in microscopy images.",
            "guesses": [{"id": "vision/segmentation", "name": "Image segmentation", "score": 0.52}],
            "reason": "The model is unsure of it.",
            "score": 0.8,
        }
    ],
}


class Guess(BaseModel):
    """An area that may apply."""

    id: str
    name: str
    score: float = Field(ge=0, le=1)


class ReviewPaper(BaseModel):
    """A paper whose label would teach the model much."""

    id: str
    title: str
    abstract: str
    guesses: list[Guess] = Field(description="The model's most probable areas, also below their thresholds.")
    reason: str = Field(description="Why a label would help.")
    score: float = Field(ge=0, le=1, description="How much, in comparison with the others.")


class ReviewResponse(BaseModel):
    """Papers to label next, most informative first."""

    model: str
    candidates: int = Field(ge=0, description="Papers kept by the service that have no complete label.")
    considered: int = Field(ge=0, description="Those of them that the model has looked at so far.")
    papers: list[ReviewPaper]


def _count(given: object) -> int:
    text = str(given)
    if text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= _MOST:
        return int(text)
    raise PydanticCustomError("count", "must be a whole number from 1 to {most}", {"most": _MOST})


router = Router()


@router.call(
    "GET",
    "/review",
    Role.LABEL,  # it shows papers that others sent
    "Papers whose labels would teach the model most, with its guesses",
    ReviewResponse,
    example=_ANSWER,
    errors=(400, 503),
)
async def review(
    state: State,
    n: Annotated[
        int,
        BeforeValidator(_count),
        Query(description="Most papers.", json_schema_extra={"minimum": 1, "maximum": _MOST}, examples=[5]),
    ] = _DEFAULT,
) -> Response:
    """Chosen among papers with an incomplete label and those that the service was asked to keep (AREATAG_CACHE_PAPERS).

    The model is unsure of them, they are unlike each other, and a person can judge them.
    """
    tagger = state.require_model()
    seconds = _LOOKING_SHARE * state.settings.request_seconds
    try:
        labelled = await state.labels.labelled_papers(tagger.taxonomy)
        found = await run_in_threadpool(state.review.next, tagger, labelled, n, seconds)
    except AreatagError as error:
        logger.error("%s", error)  # it may name paths and hosts, which are not the client's business
        sentence = "The papers to review cannot be read now; try again later."
        raise ServiceError(503, sentence, headers={"Retry-After": "5"}) from None
    items, candidates, considered = found
    papers = [ReviewPaper.model_validate(item.to_record(tagger.version)) for item in items]
    answer = ReviewResponse(model=tagger.version, candidates=candidates, considered=considered, papers=papers)
    return json_answer(answer.model_dump())
