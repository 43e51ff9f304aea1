"""What the API is, for programs: GET /docs.json (OpenAPI) and GET /schema.json (for BentoML's clients)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from data.concept_uri import concept_uri
from serving.http.document import ApiDocument, KnownAreas
from serving.http.keys import Role
from serving.http.routing import Router, json_answer
from serving.routes.concepts import label_languages
from serving.routes.tagging import TagRequest, TagResponse
from serving.worker.state import State

router = Router()


@router.hidden("/docs.json", Role.NONE)
async def docs(request: Request, state: State) -> Response:
    """The OpenAPI document, with the area ids of the active model."""
    tagger = state.model.current
    document: ApiDocument = request.app.state.document
    if tagger is None:
        return json_answer(document.naming())
    taxonomy = tagger.taxonomy
    uris = [concept_uri(area) for area in taxonomy.areas]
    return json_answer(document.naming(KnownAreas(taxonomy.area_ids, uris, label_languages(taxonomy))))


@router.hidden("/schema.json", Role.NONE)
async def schema() -> Response:
    """What bentoml.SyncHTTPClient reads to offer `client.tag(papers=...)`."""
    return json_answer(client_schema())


def client_schema() -> dict[str, Any]:
    """Return the description from which BentoML's clients build their methods."""
    return {
        "name": "areatag",
        "type": "service",
        "paths": {"/tag": {"mounted": False}},
        "routes": [
            {
                "name": "tag",
                "route": "/tag",
                "description": "The areas of 1 to 256 papers.",
                "batchable": False,
                "input": TagRequest.model_json_schema(),
                "output": TagResponse.model_json_schema(),
                "is_task": False,
            }
        ],
    }
