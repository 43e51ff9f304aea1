"""What annotators should know of an area, over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from data.papers import Paper
from serving.http.errors import Detail, ServiceError
from serving.http.keys import Role
from serving.http.routing import Router, json_answer
from serving.routes.paper_input import unknown_area
from serving.routes.stored_labels import stored_labels
from serving.worker.state import State

_LONGEST_ID = 200
_ANSWER = {
    "model": "20260101-0a1b2c3d",
    "id": "vision/segmentation",
    "name": "Image segmentation",
    "description": "Which object or kind of thing each pixel belongs to.",
    "phrases": ["semantic segmentation"],
    "typical": [{"id": "a", "title": "Learning to segment cells from few examples"}],
    "confusable": [
        {
            "id": "vision/3d",
            "name": "3D vision",
            "description": "Depth and shape from images.",
            "speaks_for_area": ["pixels"],
            "speaks_for_sibling": ["depth"],
            "near_misses": [{"id": "b", "title": "Depth from a single picture of cells"}],
        }
    ],
}


class GuidePaper(BaseModel):
    """A paper that shows what an area is or is not."""

    id: str
    title: str = Field(description="Or the beginning of the abstract where it has no title.")


class ConfusableArea(BaseModel):
    """An area of the same field whose papers come near."""

    id: str
    name: str
    description: str
    speaks_for_area: list[str] = Field(description="Phrases of the area that the guide is about.")
    speaks_for_sibling: list[str] = Field(description="Phrases of this one.")
    near_misses: list[GuidePaper] = Field(description="Papers of this one alone that are nearly of the area.")


class GuideResponse(BaseModel):
    """What annotators should know of an area."""

    model: str
    id: str
    name: str
    description: str
    phrases: list[str]
    typical: list[GuidePaper] = Field(description="Papers that are clearly of it and unlike each other.")
    confusable: list[ConfusableArea] = Field(description="The most confused first.")


router = Router()


@router.call(
    "GET",
    "/guide",
    Role.LABEL,  # it shows papers that others sent
    "An area's definition, typical papers, near misses, and what tells it from its siblings",
    GuideResponse,
    example=_ANSWER,
    errors=(400, 404, 503),
)
async def guide(
    state: State,
    area: Annotated[str, Query(max_length=_LONGEST_ID, description="Its id.", examples=["vision/segmentation"])],
) -> Response:
    """As areatag guide writes it, from the label store and the papers that reviews have looked at."""
    tagger = state.require_model()
    if area not in tagger.taxonomy:
        raise ServiceError(404, Detail("area", unknown_area(area, tagger.taxonomy)).sentence)
    labelled = await stored_labels(state)
    found = await run_in_threadpool(state.review.guide, tagger, labelled, area)
    answer = GuideResponse(
        model=tagger.version,
        id=found.area.id,
        name=found.area.name,
        description=found.area.description,
        phrases=list(found.area.phrases),
        typical=_papers(found.typical),
        confusable=[
            ConfusableArea(
                id=sibling.area.id,
                name=sibling.area.name,
                description=sibling.area.description,
                speaks_for_area=list(sibling.speaks_for_area),
                speaks_for_sibling=list(sibling.speaks_for_sibling),
                near_misses=_papers(sibling.near_misses),
            )
            for sibling in found.confusable
        ],
    )
    return json_answer(answer.model_dump())


def _papers(papers: Iterable[Paper]) -> list[GuidePaper]:
    return [GuidePaper(id=paper.id, title=paper.title or paper.abstract[:100]) for paper in papers]
