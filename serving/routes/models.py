"""The model versions over HTTP: which there are, and making one of them the active one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import fastapi
from fastapi import Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError
from model.artefact import Artefact
from model.calibration_note import CalibrationNote, calibration_of
from model.measurement import Comparison, Measurement, Origin, comparison_of, measurement_of, origin_of, parent_of
from model.plain_files import MANIFEST
from model.tagger import Tagger
from model.versions import activated_at, active_reference, resolve_model, versions
from serving.http.keys import Role
from serving.http.local_paths import without_local_paths
from serving.http.routing import Router, json_answer
from serving.routes.model import MODEL_EXAMPLE
from serving.worker.state import ServiceState, State
from serving.worker.workers import WorkerState

_MODELS = {
    "model": MODEL_EXAMPLE["version"],
    "pinned": False,
    "models": [
        {
            "name": "20260101-0a1b2c3d",
            **MODEL_EXAMPLE,
            "active": True,
            "serving": True,
            "activated_at": "2026-01-01T12:30:00+00:00",
            "origin": "retrained",
            "parent": "20251201-4d5e6f70",
            "comparison": {
                "active": "20251201-4d5e6f70",
                "papers": 80,
                "micro_f1": 0.7,
                "active_micro_f1": 0.69,
                "difference": 0.01,
                "lower_bound": -0.002,
                "verdict": "not inferior",
                "reasons": ["Micro-F1 changes by +1.0 points, at worst by -0.2 (one-sided 90%)."],
                "fallen": [],
            },
            "languages": ["en"],
            "problem": None,
        }
    ],
}
_ACTIVATED = {"name": "20260101-0a1b2c3d", "model": "20260101-0a1b2c3d", "previous": "20251201-4d5e6f70", "workers": 2}


class ModelVersion(BaseModel):
    """A model version of this machine."""

    name: str = Field(description="What POST /models/{version}/activate takes.", examples=["20260101-0a1b2c3d"])
    version: str | None = Field(description="What results carry as their model; null when the model is damaged.")
    active: bool = Field(description="It is the active version of this machine.")
    serving: bool = Field(description="It answers this service's calls.")
    activated_at: str | None = Field(description="When it last became the active version; null: never.")
    encoder: str | None
    trained_on: object
    trained_at: str | None = Field(description="When it was made, measured and compared.")
    origin: Origin | None = Field(description="adapted: its areas were changed without training.")
    parent: str | None = Field(description="The version that it was retrained or adapted from.")
    measured: Measurement | None = Field(description="Its figures and their papers; null: it was not measured.")
    comparison: Comparison | None = Field(
        description="Of a retrained version with the one that was active then, on the same papers; null: there is none."
    )
    calibration: CalibrationNote | None = Field(description="What its probabilities were fitted to.")
    metrics: dict[str, object] = Field(description="Everything that was measured of it, as areatag evaluate --json.")
    fields: int
    areas: int
    languages: list[str] = Field(description="Of the names of areas, where they are known; the usual one first.")
    problem: str | None = Field(description="What is wrong with a version that cannot be used.")


class ModelsResponse(BaseModel):
    """The model versions of this machine."""

    model: str | None = Field(description="The version that answers now; null while there is none.")
    pinned: bool = Field(description="The service was started with --model: it keeps that model.")
    models: list[ModelVersion]


class ActivateResponse(BaseModel):
    """A version that every worker process serves now."""

    name: str
    model: str = Field(description="What results carry as their model from now on.")
    previous: str | None = Field(description="The model that answered before.")
    workers: int = Field(ge=1, description="Worker processes, all of which have switched.")


router = Router()


@router.call("GET", "/models", Role.TAG, "The model versions of this machine", ModelsResponse, example=_MODELS)
async def models(state: State) -> Response:
    """With their metrics; which of them is the active one, and which one answers here."""
    current = state.model.current
    listed = ModelsResponse(
        model=current.version if current else None,
        pinned=state.follower.pinned,
        models=await run_in_threadpool(model_versions, state.follower.reference),
    )
    return json_answer(listed.model_dump())


@router.call(
    "POST",
    "/models/{version}/activate",
    Role.ADMIN,
    "Make a version the active one; answers when every worker process serves it",
    ActivateResponse,
    example=_ACTIVATED,
    errors=(404, 409, 503),
)
async def activate(
    version: Annotated[
        str, fastapi.Path(min_length=1, description="A name that GET /models lists.", examples=["bundled"])
    ],
    state: State,
) -> Response:
    """A version that is damaged or cannot run here is refused, and the old one goes on answering."""
    previous = state.model.current
    return _switched(state, previous, await state.follower.activate(version))


@router.call(
    "POST",
    "/models/rollback",
    Role.ADMIN,
    "Make the version active that was so before; answers when every worker process serves it",
    ActivateResponse,
    example=_ACTIVATED,
    errors=(409, 503),
)
async def roll_back(state: State) -> Response:
    """Again, the one before that; versions that were deleted are passed over."""
    previous = state.model.current
    return _switched(state, previous, await state.follower.roll_back())


def _switched(state: ServiceState, previous: Tagger | None, workers: Sequence[WorkerState]) -> Response:
    answer = ActivateResponse(
        # after an activation another one than was named where the deployment has a taxonomy of its own
        name=state.follower.reference or active_reference(),
        model=state.require_model().version,
        previous=previous.version if previous else None,
        workers=len(workers),
    )
    return json_answer(answer.model_dump())


def model_versions(serving: str | None) -> list[ModelVersion]:
    """Return the versions of this machine, the bundled one first; `serving` is the name of the one that answers."""
    active, activated = active_reference(), activated_at()
    found: list[ModelVersion] = []
    for name in versions():
        path = resolve_model(name)
        try:
            described = _describe(path, (path / MANIFEST).stat().st_mtime_ns)
        except (AreatagError, OSError):
            described = _nothing_known("This version is damaged; install it again.")
        here = {"active": name == active, "serving": name == serving, "activated_at": activated.get(name)}
        found.append(described.model_copy(update={"name": name, **here}))
    return found


@lru_cache(maxsize=64)
def _describe(path: Path, _changed: int) -> ModelVersion:
    """What a model directory says of itself; its files are verified when it is activated, not here."""
    artefact = Artefact.open(path, verify=False)
    return ModelVersion(
        name="",
        version=artefact.version,
        active=False,
        serving=False,
        activated_at=None,
        encoder=without_local_paths(artefact.encoder_name),
        trained_on=without_local_paths(artefact.card.get("trained_on")),
        trained_at=artefact.card.get("created"),
        origin=origin_of(artefact.card),
        parent=parent_of(artefact.card),
        measured=measurement_of(artefact.metrics, artefact.card),
        comparison=comparison_of(artefact.metrics),
        calibration=calibration_of(artefact),
        metrics=without_local_paths(artefact.metrics),
        fields=len(artefact.taxonomy.fields),
        areas=len(artefact.taxonomy.areas),
        languages=list(artefact.taxonomy.languages),
        problem=None,
    )


def _nothing_known(problem: str) -> ModelVersion:
    return ModelVersion(
        name="",
        version=None,
        active=False,
        serving=False,
        activated_at=None,
        encoder=None,
        trained_on=None,
        trained_at=None,
        origin=None,
        parent=None,
        measured=None,
        comparison=None,
        calibration=None,
        metrics={},
        fields=0,
        areas=0,
        languages=[],
        problem=problem,
    )
