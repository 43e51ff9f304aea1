"""POST /tag: the areas of papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from fastapi import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from data.papers import Paper
from data.taxonomy import Taxonomy
from model.explain import MOST_SENTENCES
from model.tagger import Tagger
from model.tags import TagOptions, TagResult
from serving.http import metrics
from serving.http.document import AREA_IDS
from serving.http.errors import Detail, invalid
from serving.http.keys import Role
from serving.http.routing import JsonBody, Router, json_answer
from serving.http.settings import MAX_EXPLAINED_PAPERS, MAX_PAPERS
from serving.routes.concepts import CrosswalkOut, NameLanguage
from serving.routes.paper_input import PaperIn, papers_in, unknown_area
from serving.tagging.elsewhere import with_crosswalks
from serving.worker.encoder_queue import TooLateError
from serving.worker.state import ServiceState, State

_EXPLAINED_PAPER = 1 + MOST_SENTENCES
"""What an explained paper counts for in the queue: it is encoded once more for every sentence."""
_REQUEST = {
    "papers": [
        {
            "id": "a",
            "title": "Learning to segment cells from few examples",
            "abstract": "We train a segmentation network for microscopy images from ten labelled cells.",
        }
    ],
    "top_k": 3,
}
_ANSWER = {
    "model": "20260101-0a1b2c3d",
    "results": [
        {
            "id": "a",
            "title": "Learning to segment cells from few examples",
            "areas": [{"id": "vision/segmentation", "name": "Image segmentation", "score": 0.93}],
            "fields": [{"id": "vision", "name": "Computer vision", "score": 0.97}],
            "abstained": False,
            "warnings": [],
            "model": "20260101-0a1b2c3d",
        }
    ],
}


def _whole_number(value: object) -> object:
    """JSON has one kind of number: 3.0 is as whole as 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_AreaIds = Annotated[
    list[Annotated[str, Field(max_length=200)]],
    Field(min_length=1, max_length=1000, json_schema_extra={AREA_IDS: True}),
]


class TagRequest(BaseModel):
    """Papers to tag, in one call and with one model."""

    model_config = ConfigDict(strict=True, extra="forbid")

    papers: Annotated[list[PaperIn], Field(min_length=1, max_length=MAX_PAPERS)]
    top_k: Annotated[
        Annotated[int, Field(ge=1)] | None,
        BeforeValidator(_whole_number, json_schema_input_type=Annotated[int, Field(ge=1)] | None),
    ] = Field(None, description="Most areas a paper may get; a cap, never a minimum.")
    threshold: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = Field(
        None, description="Probability that replaces every area's own threshold."
    )
    min_precision: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = Field(
        None,
        description="Share of the areas given over a collection that are to be right: one threshold that keeps it "
        "replaces every area's own. Not beside threshold.",
    )
    areas: _AreaIds | None = Field(None, description="Only these area ids are considered.")
    explain: bool = Field(
        False,
        description=f"Also return the sentences each area rests on; at most {MAX_EXPLAINED_PAPERS} papers.",
    )

    crosswalk: bool = Field(False, description="Also return what each area is elsewhere: arXiv, OpenAlex, others.")

    @model_validator(mode="after")
    def _one_threshold(self) -> Self:
        if self.threshold is not None and self.min_precision is not None:
            raise PydanticCustomError(
                "two_thresholds", "threshold and min_precision exclude each other; leave one of them out"
            )
        return self

    @model_validator(mode="after")
    def _few_explained(self) -> Self:
        if self.explain and len(self.papers) > MAX_EXPLAINED_PAPERS:
            raise PydanticCustomError(
                "too_many_explained",
                "papers has {count} items, but a call with explain takes at most {limit}",
                {"count": len(self.papers), "limit": MAX_EXPLAINED_PAPERS},
            )
        return self


class Scored(BaseModel):
    """An area or a field with its calibrated probability."""

    id: str
    name: str
    score: float = Field(ge=0, le=1)
    confirmed: bool = Field(False, description="True where a curator's label, not the model, gives the area.")
    uri: str = Field("", description="Of the concept in its vocabulary; only where the taxonomy has one.")
    notation: str = Field("", description="Its code in the vocabulary; only where the taxonomy has one.")


class EvidenceOut(BaseModel):
    """A sentence, and what the area's probability loses without it."""

    sentence: str
    drop: float


class LabelRecord(BaseModel):
    """The tags of one paper."""

    id: str
    title: str
    areas: list[Scored] = Field(description="At or above their threshold, highest score first.")
    fields: list[Scored] = Field(description="Probability that at least one area of the field applies.")
    abstained: bool = Field(description="True when areas is empty.")
    warnings: list[str]
    model: str
    evidence: Annotated[dict[str, list[EvidenceOut]], Field(description="By area id; only with explain.")] = {}
    crosswalk: Annotated[
        dict[str, CrosswalkOut], Field(description="What the areas are elsewhere, by area id; only with crosswalk.")
    ] = {}


class TagResponse(BaseModel):
    """One result a paper, in the order of the request, all from one model."""

    model: str
    results: list[LabelRecord]


router = Router()


@router.call("POST", "/tag", Role.TAG, "The areas of 1 to 256 papers", TagResponse, example=_ANSWER, errors=(503,))
async def tag(
    wanted: Annotated[TagRequest, JsonBody(TagRequest, _REQUEST)], state: State, language: NameLanguage = ""
) -> Response:
    """One result a paper, in the order of the papers, all from one model."""
    tagger = await state.await_model()
    options = _options(wanted, tagger.taxonomy, language)
    papers, cuts = papers_in(wanted.papers)
    results = await tagged(state, tagger, papers, options)
    _count(results)
    results = [result.with_warnings(cut) for result, cut in zip(results, cuts, strict=True)]
    return json_answer({"model": tagger.version, "results": [result.to_record() for result in results]})


def _options(wanted: TagRequest, taxonomy: Taxonomy, language: str) -> TagOptions:
    areas = wanted.areas
    unknown = [(position, area) for position, area in enumerate(areas or ()) if area not in taxonomy]
    if unknown:
        raise invalid([Detail(f"areas[{position}]", unknown_area(area, taxonomy)) for position, area in unknown[:20]])
    return TagOptions(
        top_k=wanted.top_k,
        threshold=wanted.threshold,
        min_precision=wanted.min_precision,
        areas=None if areas is None else frozenset(areas),
        explain=wanted.explain,
        language=language,
        crosswalk=wanted.crosswalk,
    )


async def tagged(state: ServiceState, tagger: Tagger, papers: list[Paper], options: TagOptions) -> list[TagResult]:
    """Return one result a paper, where what curators decided wins, and remember the papers where that is asked for.

    Raises:
        ServiceError: 429, the encoder has too much work.
    """
    results = await _results(state, tagger, papers, options)
    results = await state.labels.confirm(papers, results, tagger.taxonomy, options)
    if options.crosswalk:
        results = with_crosswalks(results, tagger.taxonomy)
    if state.tagged is not None:
        state.tagged.keep(papers)
    return results


async def _results(state: ServiceState, tagger: Tagger, papers: list[Paper], options: TagOptions) -> list[TagResult]:
    seconds = state.settings.request_seconds
    metrics.CALL_PAPERS.observe(len(papers))
    if state.tracing is not None:
        state.tracing.describe_call(model=tagger.version, papers=len(papers))
    try:
        with state.queued(len(papers) * (_EXPLAINED_PAPER if options.explain else 1)):
            with state.traced_encoder() as observe:
                if options.explain:
                    return await run_in_threadpool(state.encoder.explain, tagger, papers, options, seconds, observe)
                predictions = await state.encoder.predict(tagger, papers, seconds, observe)
            with state.traced("tagging"):
                return tagger.results(papers, predictions, options)
    except TooLateError:
        raise state.overloaded("seconds") from None


def _count(results: Sequence[TagResult]) -> None:
    """Count the tagged papers, their areas and abstentions."""
    for result in results:
        metrics.PAPERS.labels(result.model).inc()
        if result.abstained:
            metrics.ABSTAINED.labels(result.model).inc()
        for area in result.areas:
            metrics.AREAS.labels(area.id).inc()
