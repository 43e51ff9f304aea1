"""What to label next, over HTTP."""

from __future__ import annotations

import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.errors import AreatagError
from serving.requests.errors import Detail, ServiceError, invalid
from serving.schemas.review import DEFAULT_REVIEWED, MOST_REVIEWED, ReviewPaper, ReviewResponse
from serving.state import ServiceState

logger = logging.getLogger("areatag.service")

_LOOKING_SHARE = 0.3
"""Part of the time of a call in which new candidates are encoded."""


async def review(request: Request) -> Response:
    """GET /review: the papers kept by the service whose labels would teach the model most."""
    state: ServiceState = request.app.state.service
    tagger = state.require_model()
    count = _count(request.query_params.get("n", str(DEFAULT_REVIEWED)))
    seconds = _LOOKING_SHARE * state.settings.request_seconds
    try:
        labelled = await state.labels.labelled_papers(tagger.taxonomy)
        found = await run_in_threadpool(state.review.next, tagger, labelled, count, seconds)
    except AreatagError as error:
        logger.error("%s", error)  # it may name paths and hosts, which are not the client's business
        sentence = "The papers to review cannot be read now; try again later."
        raise ServiceError(503, sentence, headers={"Retry-After": "5"}) from None
    items, candidates, considered = found
    papers = [ReviewPaper.model_validate(item.to_record(tagger.version)) for item in items]
    answer = ReviewResponse(model=tagger.version, candidates=candidates, considered=considered, papers=papers)
    return Response(answer.model_dump_json(), media_type="application/json")


ROUTES = (Route("/review", review),)


def _count(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= MOST_REVIEWED:
        return int(text)
    raise invalid([Detail("n", f"must be a whole number from 1 to {MOST_REVIEWED}")])
