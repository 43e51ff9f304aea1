"""Labels over HTTP: storing what curators decide, and withdrawing it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.errors import AreatagError
from data.label_store.records import Decision
from data.labels import LabelledPaper
from data.taxonomy import Taxonomy
from serving.labels import PAUSE_SECONDS
from serving.papers_in import papers_in, unknown_area
from serving.requests.errors import Detail, ServiceError, invalid
from serving.schemas.feedback import LONGEST_NAME, FeedbackRequest, FeedbackResponse, LabelIn, UndoResponse
from serving.state import ServiceState

if TYPE_CHECKING:
    from data.label_store.store import LabelStore

logger = logging.getLogger("areatag.service")

T = TypeVar("T")

_LARGEST_ENTRY = 2**31 - 1


async def feedback(request: Request) -> Response:
    """POST /feedback: store labels; they are on the disk when this answers."""
    state: ServiceState = request.app.state.service
    tagger = state.require_model()
    wanted = await state.read(request, FeedbackRequest)
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
    entries = await _in_store(state, lambda store: store.add(decisions))
    return _json(FeedbackResponse(stored=len(entries), entries=entries))


async def undo(request: Request) -> Response:
    """DELETE /feedback/{entry}: withdraw a label; it stays in the history."""
    state: ServiceState = request.app.state.service
    number: int = request.path_params["entry"]
    if number > _LARGEST_ENTRY:
        raise ServiceError(404, f"There is no label entry {str(number)[:20]}.")
    annotator = request.query_params.get("annotator", "")
    if len(annotator) > LONGEST_NAME:
        raise invalid([Detail("annotator", f"has more than {LONGEST_NAME} characters")])
    entry = await _in_store(state, lambda store: store.undo(number, annotator))
    return _json(UndoResponse(entry=entry, undoes=number))


ROUTES = (
    Route("/feedback", feedback, methods=["POST"]),
    Route("/feedback/{entry:int}", undo, methods=["DELETE"]),
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


async def _in_store(state: ServiceState, work: Callable[[LabelStore], T]) -> T:
    """Do work on the label store; its errors become 404, 409 and 503."""
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


def _json(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type="application/json")
