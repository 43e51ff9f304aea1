"""The active model over HTTP: GET /areas and GET /model."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from serving.http.keys import Role
from serving.http.local_paths import without_local_paths
from serving.http.routing import Router, json_answer
from serving.worker.state import State

_AREAS = {
    "model": "20260101-0a1b2c3d",
    "version": 1,
    "fields": [
        {
            "id": "vision",
            "name": "Computer vision",
            "arxiv": ["cs.CV"],
            "areas": [
                {
                    "id": "vision/segmentation",
                    "name": "Image segmentation",
                    "description": "Which object or kind of thing each pixel belongs to.",
                    "arxiv": [],
                    "phrases": ["semantic segmentation"],
                    "threshold": 0.41,
                }
            ],
        }
    ],
}
MODEL_EXAMPLE: dict[str, Any] = {
    "version": "20260101-0a1b2c3d",
    "encoder": "all-MiniLM-L6-v2",
    "trained_on": {"papers": 36000},
    "trained_at": "2026-01-01T12:00:00Z",
    "metrics": {"micro_f1": 0.7, "macro_f1": 0.66, "p_at_1": 0.88},
    "fields": 21,
    "areas": 118,
}


class AreaOut(BaseModel):
    """An area of the taxonomy."""

    id: str
    name: str
    description: str
    arxiv: list[str]
    phrases: list[str]
    threshold: float = Field(ge=0, le=1, description="A paper gets the area at or above this probability.")


class FieldOut(BaseModel):
    """A field with its areas."""

    id: str
    name: str
    arxiv: list[str]
    areas: list[AreaOut]


class AreasResponse(BaseModel):
    """The taxonomy the active model was trained on."""

    model: str
    version: int
    fields: list[FieldOut]


class ModelResponse(BaseModel):
    """The active model."""

    version: str
    encoder: str | None = Field(description="The pretrained encoder it was fine-tuned from.")
    trained_on: object = Field(description="What it was trained on, from its card.")
    trained_at: str | None
    metrics: dict[str, object]
    fields: int
    areas: int
    card: dict[str, object]


router = Router()


@router.call(
    "GET", "/areas", Role.TAG, "The taxonomy of the active model", AreasResponse, example=_AREAS, errors=(503,)
)
async def areas(state: State) -> Response:
    """Each area with the probability from which on a paper gets it."""
    tagger = state.require_model()
    fields = [asdict(field) for field in tagger.taxonomy.fields]
    thresholds = dict(zip(tagger.taxonomy.area_ids, tagger.artefact.area_calibration.thresholds, strict=True))
    for field in fields:
        for area in field["areas"]:
            del area["field_id"], area["replaces"], area["added"]  # said by its place, or of no use to a caller
            area["threshold"] = thresholds[area["id"]]
    return json_answer({"model": tagger.version, "version": tagger.taxonomy.version, "fields": fields})


@router.call(
    "GET",
    "/model",
    Role.TAG,
    "The active model: version, encoder, metrics, origin",
    ModelResponse,
    example={**MODEL_EXAMPLE, "card": {"version": "20260101-0a1b2c3d", "created": "2026-01-01T12:00:00Z"}},
    errors=(503,),
)
async def model(state: State) -> Response:
    """What it is, how good, and where it comes from."""
    tagger = state.require_model()
    card = tagger.artefact.card
    described = {
        "version": tagger.version,
        "encoder": tagger.artefact.encoder_name,
        "trained_on": card.get("trained_on"),
        "trained_at": card.get("created"),
        "metrics": tagger.artefact.metrics,
        "fields": len(tagger.taxonomy.fields),
        "areas": len(tagger.taxonomy.areas),
        "card": card,
    }
    return json_answer(without_local_paths(described))
