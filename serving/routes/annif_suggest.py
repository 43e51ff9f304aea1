"""Annif's REST interface, suggestions: POST /v1/projects/{project_id}/suggest and suggest-batch.

Annif's clients ask for so many subjects above a threshold, by default ten above none: what comes is a ranking. The
areas' own thresholds are for `POST /tag`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field, RootModel

from data.concept_uri import concept_uri
from data.errors import quoted
from data.taxonomy import Taxonomy
from model.tagger import Tagger
from model.tags import TagOptions, TagResult
from serving.http import metrics
from serving.http.document import LABEL_LANGUAGE
from serving.http.keys import Role
from serving.http.routing import FormBody, JsonBody, Router, json_answer
from serving.routes.annif_documents import TITLE, Document, Text, paper_of
from serving.routes.annif_projects import ProjectId, loaded_model
from serving.routes.concepts import label_language
from serving.routes.paper_input import HAS_TEXT
from serving.routes.tagging import tagged
from serving.worker.state import ServiceState, State

MAX_DOCUMENTS = 32
_METADATA = "metadata_"
"""Begins the names of fields of a form that are metadata."""
_NO_TEXT = "the document has no text"
_SUGGESTIONS = {
    "results": [{"uri": "urn:areatag:vision/segmentation", "label": "Segmentation", "notation": None, "score": 0.93}]
}

_LIMIT = Field(ge=0, description="Most areas a document may get.")
_THRESHOLD = Field(ge=0, le=1, allow_inf_nan=False, description="Least probability.")
_LANGUAGE = Field(
    description="Of the labels: one that the vocabulary of the project lists, else its first.",
    json_schema_extra={LABEL_LANGUAGE: True},
)


class SuggestForm(BaseModel):
    """A text and what is wanted. Fields that begin with metadata_ are its metadata, of which the title is read."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str]

    text: Text
    limit: Annotated[int, _LIMIT] = 10
    threshold: Annotated[float, _THRESHOLD] = 0.0
    language: Annotated[str, _LANGUAGE] = ""


class BatchDocument(Document):
    """A text with an id."""

    document_id: Text | None = Field(None, description="Comes back in the answer.")


class SuggestBatchRequest(BaseModel):
    """Texts."""

    model_config = ConfigDict(strict=True)

    documents: Annotated[list[BatchDocument], Field(max_length=MAX_DOCUMENTS)]


class Suggestion(BaseModel):
    """An area."""

    uri: str
    label: str
    notation: str | None
    score: float = Field(ge=0, le=1, description="Calibrated probability that the area applies.")


class Suggestions(BaseModel):
    """The areas of a text, highest score first."""

    results: list[Suggestion]
    warnings: Annotated[list[str], Field(description="Only where there are some: why there are no areas, say.")] = []


class DocumentSuggestions(Suggestions):
    """The areas of one text of several."""

    document_id: str | None


class BatchSuggestions(RootModel[list[DocumentSuggestions]]):
    """One item a document, in the order of the documents."""


router = Router()


@router.call(
    "POST",
    "/v1/projects/{project_id}/suggest",
    Role.TAG,
    "Annif's interface: areas of a text",
    Suggestions,
    example=_SUGGESTIONS,
    errors=(404, 503),
)
async def suggest(
    project_id: ProjectId,
    wanted: Annotated[SuggestForm, FormBody(SuggestForm, {"text": "We segment cells.", "limit": 3})],
    state: State,
) -> Response:
    """The likeliest areas, down to the threshold."""
    tagger = await loaded_model(state, project_id)
    options = _options(tagger, wanted.limit, wanted.threshold, wanted.language)
    extra = wanted.model_extra or {}
    title = extra.get(_METADATA + TITLE)
    document = Document(text=wanted.text, metadata={} if title is None else {TITLE: title})
    (answer,) = await _suggestions(state, tagger, [document], options)
    unread = [f"the field {quoted(name)} is not read" for name in extra if not name.startswith(_METADATA)]
    return json_answer(_with_warnings(answer, unread))


@router.call(
    "POST",
    "/v1/projects/{project_id}/suggest-batch",
    Role.TAG,
    f"Annif's interface: areas of up to {MAX_DOCUMENTS} texts",
    BatchSuggestions,
    example=[{**_SUGGESTIONS, "document_id": "a"}],
    errors=(404, 503),
)
async def suggest_batch(
    project_id: ProjectId,
    wanted: Annotated[
        SuggestBatchRequest,
        JsonBody(SuggestBatchRequest, {"documents": [{"text": "We segment cells.", "document_id": "a"}]}),
    ],
    state: State,
    limit: Annotated[int, Query(), _LIMIT] = 10,
    threshold: Annotated[float, Query(), _THRESHOLD] = 0.0,
    language: Annotated[str, Query(), _LANGUAGE] = "",
) -> Response:
    """The likeliest areas of each, down to the threshold."""
    tagger = await loaded_model(state, project_id)
    options = _options(tagger, limit, threshold, language)
    answers = await _suggestions(state, tagger, wanted.documents, options)
    pairs = zip(answers, wanted.documents, strict=True)
    return json_answer([{**answer, "document_id": document.document_id} for answer, document in pairs])


async def _suggestions(
    state: ServiceState, tagger: Tagger, documents: Sequence[Document], options: TagOptions
) -> list[Mapping[str, object]]:
    """Return the answer for each document; one without text gets no areas, as in Annif, and a warning."""
    readable = [place for place, document in enumerate(documents) if HAS_TEXT.search(document.text)]
    papers = [paper_of(documents[place].text, documents[place].metadata.get(TITLE)) for place in readable]
    results: list[TagResult] = []
    if papers:
        results = await tagged(state, tagger, papers, options)
    # The areas of a ranking are not counted in the metrics: a paper is not tagged with all of them.
    metrics.PAPERS.labels(tagger.version).inc(len(papers))
    answers = [_with_warnings({"results": []}, [_NO_TEXT])] * len(documents)
    for place, paper, result in zip(readable, papers, results, strict=True):
        answers[place] = _answer(result.with_warnings(paper.warnings), tagger.taxonomy)
    return answers


def _answer(result: TagResult, taxonomy: Taxonomy) -> Mapping[str, object]:
    suggestions = [
        {
            "uri": concept_uri(taxonomy.area(area.id)),
            "label": area.name,
            "notation": area.notation or None,
            "score": area.score,
        }
        for area in result.areas
        if area.score > 0
    ]
    return _with_warnings({"results": suggestions}, result.warnings)


def _with_warnings(answer: Mapping[str, object], warnings: Iterable[str]) -> Mapping[str, object]:
    """Return the answer with further warnings; Annif's own answers have no such field, so it is there where needed."""
    earlier = answer.get("warnings", [])
    assert isinstance(earlier, list)
    all_warnings = [*earlier, *warnings]
    return {**answer, "warnings": all_warnings} if all_warnings else answer


def _options(tagger: Tagger, limit: int, threshold: float, language: str) -> TagOptions:
    return TagOptions(top_k=limit, threshold=threshold, language=label_language(language, tagger.taxonomy))
