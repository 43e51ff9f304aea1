"""What to label next, and which labels are probably wrong, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any, Self

from fastapi import Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Taxonomy
from serving.http.errors import ServiceError
from serving.http.keys import Role
from serving.http.routing import JsonBody, Router, json_answer
from serving.http.settings import MAX_PAPERS
from serving.routes.guide import EXAMPLE as GUIDE_EXAMPLE
from serving.routes.guide import GuideResponse
from serving.routes.paper_input import PaperIn, papers_in
from serving.routes.stored_labels import stored_labels, unreadable
from serving.worker.state import ServiceState, State
from training.curation.label_errors import SuspectedError
from training.curation.stored_candidates import content_of

_MOST, _DEFAULT = 100, 20
LOOKING_SHARE = 0.3
"""Part of the time of a call in which new papers are encoded."""
_PAPER = {
    "id": "b",
    "content": "sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "title": "Depth from a single picture of cells",
    "abstract": "We estimate depth in microscopy images.",
}
_GUESS = {"id": "vision/segmentation", "name": "Image segmentation", "score": 0.52}
EXAMPLE: dict[str, Any] = {
    "model": "20260101-0a1b2c3d",
    "candidates": 240,
    "considered": 240,
    "labelled": 12,
    "unanswerable": 3,
    "papers": [
        {**_PAPER, "guesses": [_GUESS], "questions": [_GUESS], "reason": "The model is unsure of it.", "score": 0.8}
    ],
    "guides": [GUIDE_EXAMPLE],
}
ERRORS_EXAMPLE: dict[str, Any] = {
    "model": "20260101-0a1b2c3d",
    "labelled": 60,
    "checked": 60,
    "learned": 0,
    "papers": [
        {
            **_PAPER,
            "areas": ["vision/3d"],
            "not": [],
            "complete": True,
            "errors": [
                {
                    "id": "vision/segmentation",
                    "name": "Image segmentation",
                    "given": False,
                    "probability": 0.93,
                    "score": 0.4,
                }
            ],
        }
    ],
}
_REQUEST = {"papers": [{"id": "a", "title": "Learning to segment cells from few examples"}], "n": 5}


class _Paper(BaseModel):
    """A paper with its text."""

    id: str
    content: str = Field(description="Names the paper by its text, whatever its id.")
    title: str
    abstract: str


class Guess(BaseModel):
    """An area that may apply."""

    id: str
    name: str
    score: float = Field(ge=0, le=1)


class ReviewPaper(_Paper):
    """A paper to label."""

    guesses: list[Guess] = Field(description="The model's most probable areas, also below their thresholds.")
    questions: list[Guess] = Field(
        description="Every area that may apply by the model, also below its threshold: what to say yes or no to."
    )
    reason: str = Field(description="What is open about it.")
    score: float = Field(ge=0, le=1, description="How unsure the model is, and at odds with the votes.")


class ReviewResponse(BaseModel):
    """Papers to label next: a draw by chance in which every area has its share, doubtful papers sooner."""

    model: str
    candidates: int = Field(ge=0, description="Papers given or kept by the service that have no complete label.")
    considered: int = Field(ge=0, description="Those of them that the model has looked at so far.")
    labelled: int = Field(ge=0, description="Papers given or kept that have a complete label.")
    unanswerable: int = Field(ge=0, description="Papers with too little text, not in English, or repeated.")
    papers: list[ReviewPaper]
    guides: list[GuideResponse] = Field(
        description="Of every area in `questions`: what GET /guide knows, with none of these papers as an example."
    )


class ReviewRequest(BaseModel):
    """Papers to choose from, besides those that the service keeps."""

    model_config = ConfigDict(strict=True, extra="forbid")

    papers: Annotated[list[PaperIn], Field(min_length=1, max_length=MAX_PAPERS)]
    n: Annotated[int, Field(ge=1, le=_MOST, description="Most papers.")] = _DEFAULT


class LabelError(BaseModel):
    """A decision about an area that the model contradicts with confidence."""

    id: str
    name: str
    given: bool = Field(description="The label says that the area applies; the model, that it does not (or reverse).")
    probability: float = Field(ge=0, le=1, description="Of the area, by the model.")
    score: float = Field(ge=-1, le=1, description="How sure the model is of the contrary; higher is worse.")


class SuspectedPaper(_Paper):
    """A paper whose label is probably wrong."""

    areas: list[str] = Field(description="Areas that apply, as its label has it now.")
    rejected: list[str] = Field(alias="not", description="Areas that do not.")
    complete: bool = Field(description="Whether no other area applies.")
    errors: list[LabelError]

    @classmethod
    def of(cls, label: LabelledPaper, errors: Sequence[SuspectedError], taxonomy: Taxonomy) -> Self:
        """The label with what is suspected of it."""
        return cls.model_validate(
            {
                **_described(label.paper),
                "areas": label.areas,
                "not": label.rejected,
                "complete": label.complete,
                "errors": [
                    {
                        "id": error.area,
                        "name": taxonomy.areas[taxonomy.index(error.area)].name,
                        "given": error.given,
                        "probability": error.probability,
                        "score": error.score,
                    }
                    for error in errors
                ],
            }
        )


class SuspectedResponse(BaseModel):
    """Labels that are probably wrong, the most probable first."""

    model: str
    labelled: int = Field(ge=0, description="Papers with labels.")
    checked: int = Field(ge=0, description="Those of them that the model has looked at so far.")
    learned: int = Field(ge=0, description="Those that it was trained on, so that it may repeat their errors.")
    papers: list[SuspectedPaper]


def _count(given: object) -> int:
    text = str(given)
    if text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= _MOST:
        return int(text)
    raise PydanticCustomError("count", "must be a whole number from 1 to {most}", {"most": _MOST})


_Count = Annotated[
    int,
    BeforeValidator(_count),
    Query(description="Most papers.", json_schema_extra={"minimum": 1, "maximum": _MOST}, examples=[5]),
]
router = Router()


@router.call(
    "GET",
    "/review",
    Role.LABEL,  # it shows papers that others sent
    "Papers to label next, with the guesses of the model",
    ReviewResponse,
    example=EXAMPLE,
    errors=(400, 503),
)
async def review(state: State, n: _Count = _DEFAULT) -> Response:
    """Chosen among papers with an incomplete label and those that the service was asked to keep (AREATAG_CACHE_PAPERS).

    The model is unsure of them, they are unlike each other, and a person can judge them.
    """
    return await _proposal(state, n, [])


@router.call(
    "POST",
    "/review",
    Role.LABEL,
    "The same, chosen also among the papers of the call",
    ReviewResponse,
    example=EXAMPLE,
    errors=(503,),
)
async def review_of(wanted: Annotated[ReviewRequest, JsonBody(ReviewRequest, _REQUEST)], state: State) -> Response:
    """They are not kept; the model remembers what it saw of them, so that the next call is quick."""
    return await _proposal(state, wanted.n, papers_in(wanted.papers)[0])


async def _proposal(state: ServiceState, count: int, given: Sequence[Paper]) -> Response:
    tagger = state.require_model()
    seconds = LOOKING_SHARE * state.settings.request_seconds
    try:
        labelled = await stored_labels(state)
        found = await run_in_threadpool(state.review.next, tagger, labelled, count, seconds, given)
    except AreatagError as error:
        raise unreadable(error) from None
    papers = [
        ReviewPaper.model_validate(item.to_record(tagger.version) | _described(item.paper)) for item in found.items
    ]
    answer = ReviewResponse(
        model=tagger.version,
        candidates=len(found.pool.candidates),
        considered=found.considered,
        labelled=found.pool.labelled,
        unanswerable=found.pool.unanswerable,
        papers=papers,
        guides=[GuideResponse.of(guide, tagger.version) for guide in found.guides],
    )
    return json_answer(answer.model_dump())


@router.call(
    "GET",
    "/review/errors",
    Role.LABEL,
    "Labels that are probably wrong",
    SuspectedResponse,
    example=ERRORS_EXAMPLE,
    errors=(400, 409, 503),
)
async def suspected(state: State, n: _Count = _DEFAULT) -> Response:
    """Those of the label store that the model contradicts with confidence, as areatag review --errors lists them."""
    tagger = state.require_model()
    seconds = LOOKING_SHARE * state.settings.request_seconds
    try:
        labelled = await stored_labels(state)
        check = await run_in_threadpool(state.review.check, tagger, labelled, seconds)
    except AreatagError as error:
        raise unreadable(error) from None
    except ModuleNotFoundError:
        sentence = (
            "The model was calibrated with these labels, and checking them without it needs the training packages, "
            "which are not installed where the service runs."
        )
        raise ServiceError(409, sentence) from None
    labels = {content_of(label.paper): label for label in labelled}
    answer = SuspectedResponse(
        model=tagger.version,
        labelled=len(labelled),
        checked=check.labelled,
        learned=check.learned,
        papers=[
            SuspectedPaper.of(labels[content], errors, tagger.taxonomy)
            for content, errors in list(_by_paper(check.suspected).items())[:n]
        ],
    )
    return json_answer(answer.model_dump(by_alias=True))


def _by_paper(found: Sequence[SuspectedError]) -> dict[str, list[SuspectedError]]:
    """By content, the papers in the order of their most probable errors."""
    papers: dict[str, list[SuspectedError]] = {}
    for content, errors in groupby(found, lambda error: content_of(error.paper)):
        papers.setdefault(content, []).extend(errors)
    return papers


def _described(paper: Paper) -> dict[str, str]:
    return {"id": paper.id, "content": content_of(paper), "title": paper.title, "abstract": paper.abstract}
