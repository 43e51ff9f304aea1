"""What annotators should know of an area, over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Self

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
from training.curation.guide import AreaGuide
from training.curation.stored_candidates import content_of

_LONGEST_ID = 200
EXAMPLE: dict[str, Any] = {
    "model": "20260101-0a1b2c3d",
    "id": "vision/segmentation",
    "name": "Image segmentation",
    "description": "Which object or kind of thing each pixel belongs to.",
    "phrases": ["semantic segmentation", "instance segmentation"],
    "typical": [
        {"id": "a", "content": "sha256:0a1b", "title": "Learning to segment cells from few examples"},
        {"id": "b", "content": "sha256:2c3d", "title": "Outlines of leaves without a single click"},
    ],
    "confusable": [
        {
            "id": "vision/3d",
            "name": "3D vision",
            "description": "Depth and shape from images.",
            "speaks_for_area": ["pixels", "masks"],
            "speaks_for_sibling": ["depth", "point cloud"],
            "near_misses": [
                {"id": "c", "content": "sha256:4e5f", "title": "Depth from a single picture of moving cells"}
            ],
        }
    ],
}


class GuidePaper(BaseModel):
    """A paper that shows what an area is or is not."""

    id: str
    content: str = Field(description="Names the paper by its text, as in GET /review.")
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

    @classmethod
    def of(cls, found: AreaGuide, model: str) -> Self:
        """A guide as the service answers it."""
        return cls(
            model=model,
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


router = Router()


@router.call(
    "GET",
    "/guide",
    Role.LABEL,  # it shows papers that others sent
    "An area's definition, typical papers, near misses, and what tells it from its siblings",
    GuideResponse,
    example=EXAMPLE,
    errors=(400, 404, 503),
)
async def guide(
    state: State,
    area: Annotated[str, Query(max_length=_LONGEST_ID, description="Its id.", examples=["vision/segmentation"])],
) -> Response:
    """As areatag guide writes it, from the label store and the papers that this worker process looked at in reviews.

    The answer of a review has the guides of the areas that it asks about, whichever process is asked next.
    """
    tagger = state.require_model()
    if area not in tagger.taxonomy:
        raise ServiceError(404, Detail("area", unknown_area(area, tagger.taxonomy)).sentence)
    labelled = await stored_labels(state)
    found = await run_in_threadpool(state.review.guide, tagger, labelled, area)
    return json_answer(GuideResponse.of(found, tagger.version).model_dump())


def _papers(papers: Iterable[Paper]) -> list[GuidePaper]:
    return [
        GuidePaper(id=paper.id, content=content_of(paper), title=paper.title or paper.abstract[:100])
        for paper in papers
    ]
