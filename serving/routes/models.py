"""The model versions over HTTP: which there are, and making one of them the active one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

import fastapi
from fastapi import Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError
from model.artefact import Artefact
from model.plain_files import MANIFEST
from model.versions import active_reference, resolve_model, versions
from serving.http.keys import Role
from serving.http.local_paths import without_local_paths
from serving.http.routing import Router, json_answer
from serving.routes.model import MODEL_EXAMPLE
from serving.worker.state import State

_MODELS = {
    "model": MODEL_EXAMPLE["version"],
    "pinned": False,
    "models": [{"name": "bundled", **MODEL_EXAMPLE, "active": True, "serving": True, "problem": None}],
}
_ACTIVATED = {"name": "20260101-0a1b2c3d", "model": "20260101-0a1b2c3d", "previous": "20251201-4d5e6f70", "workers": 2}


class ModelVersion(BaseModel):
    """A model version of this machine."""

    name: str = Field(description="What POST /models/{version}/activate takes.", examples=["20260101-0a1b2c3d"])
    version: str | None = Field(description="What results carry as their model; null when the model is damaged.")
    active: bool = Field(description="It is the active version of this machine.")
    serving: bool = Field(description="It answers this service's calls.")
    encoder: str | None
    trained_on: object
    trained_at: str | None
    metrics: dict[str, object]
    fields: int
    areas: int
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
    workers = await state.follower.activate(version)
    answer = ActivateResponse(
        name=state.follower.reference or version,  # another one where the deployment has a taxonomy of its own
        model=state.require_model().version,
        previous=previous.version if previous else None,
        workers=len(workers),
    )
    return json_answer(answer.model_dump())


def model_versions(serving: str | None) -> list[ModelVersion]:
    """Return the versions of this machine, the bundled one first; `serving` is the name of the one that answers."""
    active = active_reference()
    found: list[ModelVersion] = []
    for name in versions():
        path = resolve_model(name)
        try:
            described = _describe(path, (path / MANIFEST).stat().st_mtime_ns)
        except (AreatagError, OSError):
            described = _nothing_known("This version is damaged; install it again.")
        found.append(described.model_copy(update={"name": name, "active": name == active, "serving": name == serving}))
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
        encoder=without_local_paths(artefact.encoder_name),
        trained_on=without_local_paths(artefact.card.get("trained_on")),
        trained_at=artefact.card.get("created"),
        metrics=without_local_paths(artefact.metrics),
        fields=len(artefact.taxonomy.fields),
        areas=len(artefact.taxonomy.areas),
        problem=None,
    )


def _nothing_known(problem: str) -> ModelVersion:
    return ModelVersion(
        name="",
        version=None,
        active=False,
        serving=False,
        encoder=None,
        trained_on=None,
        trained_at=None,
        metrics={},
        fields=0,
        areas=0,
        problem=problem,
    )
