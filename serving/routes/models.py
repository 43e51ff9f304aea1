"""The model versions over HTTP: which there are, and making one of them the active one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.errors import AreatagError
from model.artefact import Artefact
from model.plain_files import MANIFEST
from model.versions import active_reference, resolve_model, versions
from serving.requests.local_paths import without_local_paths
from serving.schemas.models import ActivateResponse, ModelsResponse, ModelVersion
from serving.state import ServiceState


async def models(request: Request) -> Response:
    """GET /models: the versions of this machine with their metrics; the active one, and the one that serves."""
    state: ServiceState = request.app.state.service
    current = state.model.current
    listed = ModelsResponse(
        model=current.version if current else None,
        pinned=state.follower.pinned,
        models=await run_in_threadpool(_versions, state.follower.reference),
    )
    return _json(listed)


async def activate(request: Request) -> Response:
    """POST /models/{version}/activate: answers when every worker process serves the version."""
    state: ServiceState = request.app.state.service
    previous = state.model.current
    name = request.path_params["version"]
    workers = await state.follower.activate(name)
    answer = ActivateResponse(
        name=state.follower.reference or name,  # another one where the deployment has a taxonomy of its own
        model=state.require_model().version,
        previous=previous.version if previous else None,
        workers=len(workers),
    )
    return _json(answer)


ROUTES = (
    Route("/models", models),
    Route("/models/{version}/activate", activate, methods=["POST"]),
)


def _versions(serving: str | None) -> list[ModelVersion]:
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


def _json(answer: ModelsResponse | ActivateResponse) -> Response:
    # A metric that could not be computed is NaN, which JSON does not have.
    return Response(to_json(answer.model_dump(), inf_nan_mode="null"), media_type="application/json")
