"""Annif's REST interface, learning: POST /v1/projects/{project_id}/learn stores labels as POST /feedback does."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator
from pydantic_core import PydanticCustomError

from data.concept_uri import areas_by_uri
from data.errors import did_you_mean, quoted
from data.label_store.records import Decision
from data.labels import LabelledPaper
from data.taxonomy import Taxonomy
from serving.http.credentials import credentials_of
from serving.http.document import AREA_URI, EXAMPLE_URI
from serving.http.errors import Detail, invalid
from serving.http.keys import Role
from serving.http.routing import JsonBody, Router
from serving.http.settings import MAX_PAPERS
from serving.routes.annif_documents import TITLE, Document, Text, paper_of
from serving.routes.annif_projects import ProjectId, loaded_model
from serving.routes.feedback import in_store
from serving.routes.paper_input import HAS_TEXT, TEXT_PATTERN
from serving.worker.state import State

_REQUEST = [{"text": "Counting snow\nWe count snowflakes in pictures.", "subjects": [{"uri": EXAMPLE_URI}]}]


class Subject(BaseModel):
    """An area that applies; a label beside its URI is not read."""

    model_config = ConfigDict(strict=True)

    uri: Annotated[str, Field(max_length=2000, json_schema_extra={AREA_URI: True})]


class IndexedDocument(Document):
    """A text with its areas: all that apply, so none at all says that none fits."""

    text: Annotated[Text, Field(json_schema_extra={"pattern": TEXT_PATTERN})]
    document_id: Annotated[str, Field(max_length=500)] | None = Field(
        None, description="Becomes the id of the paper, which is made from the content otherwise."
    )
    subjects: Annotated[list[Subject], Field(max_length=1000)]

    @model_validator(mode="after")
    def _needs_text(self) -> Self:
        if not HAS_TEXT.search(self.text):
            raise PydanticCustomError("no_text", "has no text to learn from")
        return self


class IndexedDocuments(RootModel[Annotated[list[IndexedDocument], Field(max_length=MAX_PAPERS)]]):
    """Texts with their areas, to be stored all or none."""

    model_config = ConfigDict(strict=True)


router = Router()


@router.call(
    "POST",
    "/v1/projects/{project_id}/learn",
    Role.LABEL,
    "Annif's interface: store texts with their areas, durably, all or none",
    example=None,
    status=204,
    errors=(404, 409, 503),
)
async def learn(
    project_id: ProjectId,
    wanted: Annotated[IndexedDocuments, JsonBody(IndexedDocuments, _REQUEST)],
    request: Request,
    state: State,
) -> Response:
    """Complete labels by whoever holds the key. They win at once for these texts; the next retraining learns them."""
    tagger = await loaded_model(state, project_id)
    areas = _areas(wanted.root, tagger.taxonomy)
    credentials = credentials_of(request.scope)
    annotator = credentials.holder if credentials else ""
    decisions = [
        Decision(
            LabelledPaper(paper_of(document.text, document.metadata.get(TITLE), document.document_id), applying),
            annotator,
            tagger.version,
        )
        for document, applying in zip(wanted.root, areas, strict=True)
    ]
    if decisions:
        await in_store(state, lambda store: store.add(decisions))
    return Response(status_code=204)


def _areas(documents: list[IndexedDocument], taxonomy: Taxonomy) -> list[tuple[str, ...]]:
    """Return the area ids of each document.

    Annif leaves out subjects that it does not know, which would here say that the rest is all that applies.
    """
    known = areas_by_uri(taxonomy)
    unknown = [
        Detail(f"[{position}].subjects[{place}].uri", _unknown(subject.uri, known))
        for position, document in enumerate(documents)
        for place, subject in enumerate(document.subjects)
        if subject.uri not in known
    ]
    if unknown:
        raise invalid(unknown)
    return [tuple(dict.fromkeys(known[subject.uri] for subject in document.subjects)) for document in documents]


def _unknown(uri: str, known: dict[str, str]) -> str:
    hint = did_you_mean(uri, known).strip().rstrip("?")
    return f"is {quoted(uri)}, which is no area's URI; suggestions have them" + (f" ({hint}?)" if hint else "")
