"""The active model over HTTP: GET /areas and GET /model."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from data.crosswalk import crosswalk_of
from data.taxonomy import Area, Concept
from model.calibration_note import CalibrationNote, calibration_of
from model.measurement import Measurement, measurement_of
from serving.http.keys import Role
from serving.http.local_paths import without_local_paths
from serving.http.routing import Router, json_answer
from serving.routes.concepts import CrosswalkOut, NameLanguage
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
    "measured": {
        "papers": 80,
        "papers_of": "held-out papers of the label store",
        "micro_f1": 0.7,
        "macro_f1": 0.66,
        "p_at_1": 0.88,
        "mean_average_precision": 0.8,
        "brier": 0.007,
        "ece": 0.03,
        "abstention": 0.01,
    },
    "calibration": {
        "text": "calibrated on 60 labelled papers that did not train it",
        "papers": 60,
        "uncalibrated": [],
    },
    "metrics": {"micro_f1": 0.7, "macro_f1": 0.66, "p_at_1": 0.88},
    "fields": 21,
    "areas": 118,
}


class ConceptOut(BaseModel):
    """What fields and areas have; all but id and name only where the taxonomy has it."""

    id: str
    name: str
    uri: str = Field("", description="Of the concept in its vocabulary.")
    notation: str = Field("", description="Its code in the vocabulary.")
    names: dict[str, str] = Field({}, description="In other languages, by language (BCP 47).")
    crosswalk: CrosswalkOut = Field(CrosswalkOut(), description="arXiv categories, OpenAlex subfields and matches.")


class AreaOut(ConceptOut):
    """An area of the taxonomy."""

    description: str
    arxiv: list[str]
    phrases: list[str]
    threshold: float = Field(ge=0, le=1, description="A paper gets the area at or above this probability.")


class FieldOut(ConceptOut):
    """A field with its areas."""

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
    measured: Measurement | None = Field(description="Its figures and their papers; null: it was not measured.")
    calibration: CalibrationNote = Field(description="What its probabilities were fitted to.")
    metrics: dict[str, object]
    fields: int
    areas: int
    card: dict[str, object]


router = Router()


@router.call(
    "GET", "/areas", Role.TAG, "The taxonomy of the active model", AreasResponse, example=_AREAS, errors=(400, 503)
)
async def areas(state: State, language: NameLanguage = "") -> Response:
    """Each area with the probability from which on a paper gets it, and what it is elsewhere."""
    tagger = state.require_model()
    thresholds = dict(zip(tagger.taxonomy.area_ids, tagger.artefact.area_calibration.thresholds, strict=True))
    fields = [
        {
            **_concept(field, language),
            "arxiv": field.arxiv,
            "areas": [{**_area(area, language), "threshold": thresholds[area.id]} for area in field.areas],
        }
        for field in tagger.taxonomy.fields
    ]
    return json_answer({"model": tagger.version, "version": tagger.taxonomy.version, "fields": fields})


def _area(area: Area, language: str) -> dict[str, object]:
    about = {"description": area.description, "arxiv": area.arxiv, "phrases": area.phrases}
    return {**_concept(area, language), **about}


def _concept(concept: Concept, language: str) -> dict[str, object]:
    vocabulary = {
        "uri": concept.uri,
        "notation": concept.notation,
        "names": dict(concept.names),
        "crosswalk": crosswalk_of(concept).to_record(),
    }
    there = {key: value for key, value in vocabulary.items() if value}
    return {"id": concept.id, "name": concept.name_in(language), **there}


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
    measured = measurement_of(tagger.artefact.metrics, card)
    described = {
        "version": tagger.version,
        "encoder": tagger.artefact.encoder_name,
        "trained_on": card.get("trained_on"),
        "trained_at": card.get("created"),
        "measured": measured.model_dump() if measured else None,
        "calibration": calibration_of(tagger.artefact).model_dump(),
        "metrics": tagger.artefact.metrics,
        "fields": len(tagger.taxonomy.fields),
        "areas": len(tagger.taxonomy.areas),
        "card": card,
    }
    return json_answer(without_local_paths(described))
