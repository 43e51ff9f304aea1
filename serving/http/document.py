"""The OpenAPI document, made from the routes as they are declared."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from starlette.routing import BaseRoute

from serving.http.errors import ErrorResponse
from serving.http.problems import Problem
from serving.http.routing import Call

AREA_IDS = "x-area-ids"
"""Marks a list in a schema (`json_schema_extra`) whose items are ids of areas."""
EXAMPLE_AREAS = ("area-1", "area-2")
"""What stands for ids of areas in examples of requests."""
AREA_URI = "x-area-uri"
"""Marks a text in a schema that is the URI of an area."""
EXAMPLE_URI = "urn:areatag:area-1"
"""What stands for the URI of an area in examples of requests."""
LABEL_LANGUAGE = "x-label-language"
"""Marks a text in a schema that is a language of areas' names, or empty."""
_REFERENCE = "#/components/schemas/{model}"
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key. Where tagging is open (on loopback addresses, by default), it needs none.",
}
_PASSWORD = {"type": "http", "scheme": "basic", "description": "The same API key as the password of any user name."}
_NOT_OURS = ("HTTPValidationError", "ValidationError")
"""Schemas of FastAPI's own 422, which this service answers as a 400."""


@dataclass(frozen=True, slots=True)
class KnownAreas:
    """What calls take of areas, which depends on the model; nothing where it is not known yet."""

    ids: Sequence[str] = ()
    uris: Sequence[str] = ()
    languages: Sequence[str] = ()
    """Of their names."""


NO_AREAS = KnownAreas()


class ApiDocument:
    """Describes routes; which areas there are depends on the model."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes

    def naming(self, areas: KnownAreas = NO_AREAS) -> dict[str, Any]:
        """Return the OpenAPI 3.1 document of a service that knows these areas."""
        document = copy.deepcopy(self._document)
        _name_areas([document["components"]["schemas"], document["paths"]], areas)
        for operations in document["paths"].values():
            for operation in operations.values():
                for content in operation.get("requestBody", {}).get("content", {}).values():
                    content["example"] = _with_areas(content["example"], areas)
        return document

    @cached_property
    def _document(self) -> dict[str, Any]:
        document = get_openapi(
            title="areatag",
            version=areatag_version(),
            description="Tags scientific papers with research areas.",
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            routes=self._routes,
        )
        calls = [route for route in self._routes if isinstance(route, Call) and route.include_in_schema]
        for call in calls:
            for method in call.methods or ():
                responses = document["paths"][call.path_format][method.lower()]["responses"]
                responses.pop("422", None)
                for content in responses[str(call.status_code)].get("content", {}).values():
                    content["example"] = call.example  # FastAPI would leave out what is null in it
        schemas = document["components"]["schemas"]
        for name in _NOT_OURS:
            schemas.pop(name, None)
        models: list[tuple[type[BaseModel], JsonSchemaMode]] = [
            (ErrorResponse, "serialization"),
            (Problem, "serialization"),
        ]
        models += [(model, "validation") for call in calls if call.body for model in call.body.models]
        schemas.update(models_json_schema(models, ref_template=_REFERENCE)[1]["$defs"])
        document["components"]["securitySchemes"] = {"key": _KEY, "password": _PASSWORD}
        return document


def _name_areas(schema: Any, areas: KnownAreas) -> None:
    """Let the marked lists take nothing but the ids, and the marked texts nothing but URIs or languages, in place."""
    if isinstance(schema, dict):
        if schema.pop(AREA_IDS, False) and areas.ids:
            schema["items"] = {"type": "string", "enum": list(areas.ids)}
        if schema.pop(AREA_URI, False) and areas.uris:
            schema["enum"] = list(areas.uris)
        if schema.pop(LABEL_LANGUAGE, False) and areas.languages:
            schema["enum"] = [*areas.languages, ""]
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        _name_areas(part, areas)


def _with_areas(example: Any, areas: KnownAreas) -> Any:
    """Return the example with the model's areas in place of those that stand for them; ids that have none go."""
    if isinstance(example, dict):
        return {name: _with_areas(value, areas) for name, value in example.items()}
    if isinstance(example, list):
        known = dict(zip(EXAMPLE_AREAS, areas.ids, strict=False))
        kept = [item for item in example if item not in EXAMPLE_AREAS or item in known]
        return [known[item] if item in EXAMPLE_AREAS else _with_areas(item, areas) for item in kept]
    return areas.uris[0] if example == EXAMPLE_URI and areas.uris else example


def areatag_version() -> str:
    """Return the version of areatag itself."""
    try:
        return version("areatag")
    except PackageNotFoundError:  # inside a Bento the project is on the path, not installed
        return "0"
