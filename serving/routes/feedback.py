"""Labels over HTTP: storing what curators decide, seeing its history, and withdrawing it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Self, TypeVar

from fastapi import Path, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from data.errors import AreatagError
from data.label_store.records import Decision, Entry
from data.labels import LabelledPaper
from data.taxonomy import Taxonomy
from serving.http.document import AREA_IDS, EXAMPLE_AREAS
from serving.http.errors import Detail, ServiceError, invalid
from serving.http.keys import Role
from serving.http.routing import JsonBody, Router, json_answer
from serving.http.settings import MAX_PAPERS
from serving.routes.paper_input import PaperIn, papers_in, unknown_area
from serving.worker.label_access import PAUSE_SECONDS
from serving.worker.state import ServiceState, State

if TYPE_CHECKING:
    from data.label_store.store import LabelStore

logger = logging.getLogger("areatag.service")

T = TypeVar("T")

_LARGEST_ENTRY = 2**31 - 1
_MOST_ENTRIES = 200
_HISTORY = {
    "entries": [
        {
            "entry": 17,
            "time": "2026-01-01T12:00:00.000000+00:00",
            "paper": {"id": "a", "title": "Learning to segment cells from few examples", "abstract": ""},
            "areas": [EXAMPLE_AREAS[0]],
            "not": [EXAMPLE_AREAS[1]],
            "complete": False,
            "annotator": "ada",
            "model": "20260101-0a1b2c3d",
            "undoes": None,
            "withdrawn": False,
        }
    ]
}
_REQUEST = {
    "labels": [
        {
            "paper": {"id": "a", "title": "Learning to segment cells from few examples"},
            "areas": [EXAMPLE_AREAS[0]],
            "not": [EXAMPLE_AREAS[1]],
            "complete": False,
            "annotator": "ada",
        }
    ]
}

_AreaIds = Annotated[
    list[Annotated[str, Field(max_length=200)]], Field(max_length=1000, json_schema_extra={AREA_IDS: True})
]
_LONGEST_NAME = 200
_Name = Annotated[str, Field(max_length=_LONGEST_NAME)]


class LabelIn(BaseModel):
    """A curator's decision about one paper."""

    model_config = ConfigDict(strict=True, extra="forbid")

    paper: PaperIn
    areas: _AreaIds = Field(description="Areas that apply; empty and complete: none fits.")
    rejected: _AreaIds | None = Field(None, alias="not", description="Areas that do not apply.")
    complete: bool | None = Field(None, description="False: areas that are not named stay open. Default: true.")
    annotator: _Name | None = Field(None, description="Who decided.")
    model: _Name | None = Field(
        None, description="Version of the model whose answer was corrected; by default the active one."
    )

    @model_validator(mode="after")
    def _no_contradiction(self) -> Self:
        both = set(self.areas) & set(self.rejected or ())
        if both:
            raise PydanticCustomError(
                "contradiction", "names {area} in both areas and not; keep one", {"area": repr(min(both))}
            )
        return self


class FeedbackRequest(BaseModel):
    """Labels to store, all or none."""

    model_config = ConfigDict(strict=True, extra="forbid")

    labels: Annotated[list[LabelIn], Field(min_length=1, max_length=MAX_PAPERS)]


class EntryPaper(BaseModel):
    """The paper of an entry."""

    id: str
    title: str
    abstract: str


class FeedbackResponse(BaseModel):
    """The labels are on the disk."""

    stored: int = Field(ge=0, description="Number of labels stored.")
    entries: list[int] = Field(description="The number of each label's entry; DELETE /feedback/{entry} withdraws it.")


class UndoResponse(BaseModel):
    """The entry is withdrawn."""

    entry: int = Field(description="Number of the entry that withdraws it; withdrawing that one reinstates it.")
    undoes: int


class EntryOut(BaseModel):
    """One line of the history: a decision, or the withdrawal of an earlier one."""

    entry: int = Field(description="Its number: DELETE /feedback/{entry} withdraws it.")
    time: str = Field(description="When it was stored: UTC, ISO 8601.")
    paper: EntryPaper
    areas: list[str]
    rejected: list[str] = Field(serialization_alias="not")
    complete: bool
    annotator: str
    model: str | None = Field(description="Version of the model whose answer prompted the decision.")
    undoes: int | None = Field(description="The entry that this one withdraws; it then decides nothing itself.")
    withdrawn: bool = Field(description="A later entry withdraws it: it counts no more.")


class HistoryResponse(BaseModel):
    """Entries of the label store, oldest first."""

    entries: list[EntryOut]


def _entry(text: object) -> int:
    """Return the number of an entry in a path; what is none names nothing that there is."""
    if not (isinstance(text, str) and text.isascii() and text.isdecimal() and int(text[:20]) <= _LARGEST_ENTRY):
        raise ServiceError(404, f"There is no label entry {str(text)[:20]}.")
    return int(text)


router = Router()


@router.call(
    "POST",
    "/feedback",
    Role.LABEL,
    "Store labels of curators, durably, all or none",
    FeedbackResponse,
    example={"stored": 1, "entries": [17]},
    errors=(409, 503),
)
async def feedback(wanted: Annotated[FeedbackRequest, JsonBody(FeedbackRequest, _REQUEST)], state: State) -> Response:
    """They are on the disk when this answers."""
    tagger = state.require_model()
    _check_areas(wanted.labels, tagger.taxonomy)
    papers, _ = papers_in([label.paper for label in wanted.labels])
    decisions = [
        Decision(
            LabelledPaper(
                paper,
                tuple(dict.fromkeys(label.areas)),
                tuple(dict.fromkeys(label.rejected or ())),
                label.complete is not False,
            ),
            label.annotator or "",
            label.model or tagger.version,
        )
        for label, paper in zip(wanted.labels, papers, strict=True)
    ]
    entries = await in_store(state, lambda store: store.add(decisions))
    return json_answer({"stored": len(entries), "entries": entries})


@router.call(
    "GET",
    "/feedback",
    Role.LABEL,
    "The history of a paper's labels, or the latest entries of all papers",
    HistoryResponse,
    example=_HISTORY,
    errors=(400, 503),
)
async def history(
    state: State,
    paper: Annotated[
        str, Query(max_length=1000, description="Id or content id of a paper; left out: the latest of all.")
    ] = "",
    n: Annotated[int, Query(ge=1, le=_MOST_ENTRIES, description="At most so many entries, the latest.")] = 20,
) -> Response:
    """Also the withdrawn ones; empty where nothing was decided."""

    def read(store: LabelStore) -> list[Entry]:
        return store.history(paper)[-n:] if paper else store.latest(n)

    entries = await in_store(state, read) if state.labels.may_hold_labels() else []
    answer = HistoryResponse(entries=[_entry_out(entry) for entry in entries])
    return json_answer(answer.model_dump(by_alias=True))


@router.call(
    "DELETE",
    "/feedback/{entry}",
    Role.LABEL,
    "Withdraw a label; it stays in the history",
    UndoResponse,
    example={"entry": 18, "undoes": 17},
    errors=(400, 404, 409, 503),
)
async def undo(
    entry: Annotated[
        int,
        BeforeValidator(_entry),
        Path(description="A number that POST /feedback answered.", json_schema_extra={"minimum": 1}, examples=[1]),
    ],
    state: State,
    annotator: Annotated[str, Query(max_length=_LONGEST_NAME, description="Who withdraws it.")] = "",
) -> Response:
    """What it said counts no more."""
    number = await in_store(state, lambda store: store.undo(entry, annotator))
    return json_answer({"entry": number, "undoes": entry})


def _entry_out(entry: Entry) -> EntryOut:
    return EntryOut(
        entry=entry.number,
        time=entry.time,
        paper=EntryPaper(id=entry.paper.id, title=entry.paper.title, abstract=entry.paper.abstract),
        areas=list(entry.areas),
        rejected=list(entry.rejected),
        complete=entry.complete,
        annotator=entry.annotator,
        model=entry.model,
        undoes=entry.undoes,
        withdrawn=entry.withdrawn,
    )


def _check_areas(labels: list[LabelIn], taxonomy: Taxonomy) -> None:
    unknown = [
        Detail(f"labels[{position}].{name}[{place}]", unknown_area(area, taxonomy))
        for position, label in enumerate(labels)
        for name, areas in (("areas", label.areas), ("not", label.rejected or []))
        for place, area in enumerate(areas)
        if area not in taxonomy
    ]
    if unknown:
        raise invalid(unknown)


async def in_store(state: ServiceState, work: Callable[[LabelStore], T]) -> T:
    """Do work on the label store, and return what it returns; its errors become 404, 409 and 503."""
    try:
        return await state.labels.change(work)
    except AreatagError as error:
        raise _with_status(error) from None


def _with_status(error: AreatagError) -> ServiceError:
    # SQLAlchemy comes with the store, not with the service.
    from data.label_store.errors import UnconfirmedError
    from data.label_store.store import ForgottenPaperError, NoSuchEntryError, WithdrawnEntryError

    if isinstance(error, NoSuchEntryError):
        return ServiceError(404, str(error))
    if isinstance(error, ForgottenPaperError | WithdrawnEntryError):
        return ServiceError(409, str(error))
    logger.error("%s", error)  # it may name paths and hosts, which are not the client's business
    sentence = "The label store cannot be used now, and nothing was stored; try again later."
    if isinstance(error, UnconfirmedError):
        sentence = (
            "The label store did not answer in time, so this may be stored or not; send it again later: what is stored "
            "twice does no harm."
        )
    return ServiceError(503, sentence, headers={"Retry-After": str(int(PAUSE_SECONDS))})
