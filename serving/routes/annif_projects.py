"""Annif's REST interface, what there is: GET /v1/, its projects and its vocabularies.

A project is a model version, or under the id "areas" whichever is active; its vocabulary is the areas of its taxonomy.
One model is in memory, so one version and "areas" can be asked; the others are there to be activated.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Self

from fastapi import Path, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from data.errors import quoted
from model.tagger import Tagger
from model.versions import versions
from serving.http.document import areatag_version
from serving.http.errors import ServiceError
from serving.http.keys import Role
from serving.http.routing import Router, json_answer
from serving.routes.concepts import LANGUAGE, label_languages
from serving.routes.models import ModelVersion, model_versions
from serving.worker.state import ServiceState, State

ACTIVE = "areas"
"""The project that is the active model."""
ProjectId = Annotated[
    str, Path(min_length=1, description="An id that GET /v1/projects lists.", examples=[ACTIVE, "bundled"])
]
_VOCABULARY = {"vocab_id": ACTIVE, "languages": [LANGUAGE], "size": 118, "loaded": True}
_PROJECT = {
    "project_id": ACTIVE,
    "name": "Research areas, active model 20260101-0a1b2c3d",
    "language": LANGUAGE,
    "backend": {"backend_id": "areatag"},
    "vocab": _VOCABULARY,
    "vocab_language": LANGUAGE,
    "is_trained": True,
    "modification_time": "2026-01-01T12:00:00Z",
}


class ApiInfo(BaseModel):
    """What answers."""

    title: str
    version: str = Field(description="Of areatag.")


class Backend(BaseModel):
    """What computes the suggestions of a project."""

    backend_id: str


class Vocabulary(BaseModel):
    """The areas of one taxonomy."""

    vocab_id: str = Field(description="The id of its project.")
    languages: list[str] = Field(description="Of the labels, the usual one first; none where the model is not known.")
    size: int | None = Field(description="Number of areas; null where the model is not known.")
    loaded: bool = Field(description="Its model is in memory.")

    @classmethod
    def of(cls, project_id: str, size: int | None, languages: Sequence[str], loaded: bool) -> Self:
        """The vocabulary of a project; `size` is None where nothing is known of it."""
        known = [] if size is None else list(languages) or [LANGUAGE]
        return cls(vocab_id=project_id, languages=known, size=size, loaded=loaded)


class Vocabularies(BaseModel):
    """The vocabularies of all projects."""

    vocabs: list[Vocabulary]


class Project(BaseModel):
    """A model version, or the active one."""

    project_id: str
    name: str = Field(description="For people; says so where the project cannot be asked.")
    language: str
    backend: Backend
    vocab: Vocabulary
    vocab_language: str
    is_trained: bool = Field(description="False for a damaged version, and while the active model is loading.")
    modification_time: str | None = Field(description="When the model was trained: UTC, ISO 8601.")

    @classmethod
    def of(cls, name: str, vocabulary: Vocabulary, trained_at: object = None) -> Project:
        """A project and its vocabulary, which has the same id."""
        return cls(
            project_id=vocabulary.vocab_id,
            name=f"Research areas, {name}",
            language=LANGUAGE,
            backend=Backend(backend_id="areatag"),
            vocab=vocabulary,
            vocab_language=vocabulary.languages[0] if vocabulary.languages else LANGUAGE,
            is_trained=vocabulary.size is not None,
            modification_time=_utc(trained_at),
        )

    @classmethod
    def of_active(cls, tagger: Tagger | None) -> Project:
        """The project of the active model; None while there is none."""
        if tagger is None:
            return cls.of("active model (not loaded yet)", Vocabulary.of(ACTIVE, None, [], False))
        taxonomy, name = tagger.taxonomy, f"active model {tagger.version}"
        vocabulary = Vocabulary.of(ACTIVE, len(taxonomy.areas), label_languages(taxonomy), True)
        return cls.of(name, vocabulary, tagger.artefact.card.get("created"))

    @classmethod
    def of_version(cls, version: ModelVersion) -> Project:
        """The project of a model version."""
        state = "" if version.serving else " (damaged)" if version.problem else " (not loaded)"
        size = None if version.problem else version.areas
        vocabulary = Vocabulary.of(version.name, size, version.languages, version.serving)
        return cls.of(f"model {version.name}{state}", vocabulary, version.trained_at)


class Projects(BaseModel):
    """The active model first, then every model version."""

    projects: list[Project]


router = Router()


@router.call(
    "GET",
    "/v1/",
    Role.NONE,
    "Annif's interface: what answers",
    ApiInfo,
    example={"title": "areatag (Annif REST API)", "version": "0.1.0"},
)
async def show_info() -> Response:
    """For clients of Annif that ask for its version."""
    return json_answer({"title": "areatag (Annif REST API)", "version": areatag_version()})


@router.call(
    "GET",
    "/v1/projects",
    Role.TAG,
    "Annif's interface: the active model and the versions",
    Projects,
    example={"projects": [_PROJECT]},
)
async def list_projects(state: State) -> Response:
    """Also versions that cannot be asked now; their names say so."""
    return json_answer(Projects(projects=await _projects(state)).model_dump())


@router.call(
    "GET",
    "/v1/projects/{project_id}",
    Role.TAG,
    "Annif's interface: the active model or a version",
    Project,
    example=_PROJECT,
    errors=(404,),
)
async def show_project(project_id: ProjectId, state: State) -> Response:
    """What it is, and whether it can be asked."""
    for project in await _projects(state):
        if project.project_id == project_id:
            return json_answer(project.model_dump())
    raise _not_found(project_id)


@router.call(
    "GET",
    "/v1/vocabs",
    Role.TAG,
    "Annif's interface: the vocabularies of the projects",
    Vocabularies,
    example={"vocabs": [_VOCABULARY]},
)
async def list_vocabs(state: State) -> Response:
    """A vocabulary is the areas of a model's taxonomy, which `GET /areas` has in full for the active one."""
    return json_answer(Vocabularies(vocabs=[project.vocab for project in await _projects(state)]).model_dump())


async def loaded_model(state: ServiceState, project_id: str) -> Tagger:
    """Return the model of a project.

    Raises:
        ServiceError: 404 there is no such project, 503 its model is not in memory.
    """
    tagger = await state.await_model()
    if project_id == ACTIVE:
        return tagger
    if project_id not in await run_in_threadpool(versions):
        raise _not_found(project_id)
    if project_id != state.follower.reference:
        raise ServiceError(
            503,
            f"The project {project_id} is not loaded, for one model is in memory. Ask {ACTIVE!r}, activate the version "
            f"(POST /models/{project_id}/activate), or serve it by itself (areatag serve --model {project_id}).",
        )
    return tagger


async def _projects(state: ServiceState) -> list[Project]:
    found = await run_in_threadpool(model_versions, state.follower.reference)
    named = [Project.of_version(version) for version in found if version.name != ACTIVE]
    return [Project.of_active(state.model.current), *named]


def _not_found(project_id: str) -> ServiceError:
    return ServiceError(404, f"Project {quoted(project_id)} not found; GET /v1/projects lists them.")


def _utc(time: object) -> str | None:
    """Return a time of a model's card in ISO 8601 with its zone; None for what is none."""
    try:
        found = datetime.fromisoformat(str(time))
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
