"""The OpenAPI document of the service: routes and their answers here, schemas from `serving.schemas`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from serving.openapi.examples import ANSWERS, ERRORS, TEXTS
from serving.openapi.security import SECURITY_SCHEMES, secured
from serving.schemas.feedback import LONGEST_NAME, FeedbackRequest, FeedbackResponse, UndoResponse
from serving.schemas.models import ActivateResponse, ModelsResponse
from serving.schemas.retrain import RetrainJob, RetrainRequest
from serving.schemas.review import DEFAULT_REVIEWED, MOST_REVIEWED, ReviewResponse
from serving.schemas.tagging import AreasResponse, ErrorResponse, ModelResponse, TagRequest, TagResponse

_MODELS: list[tuple[type[BaseModel], JsonSchemaMode]] = [
    (TagRequest, "validation"),
    (TagResponse, "serialization"),
    (AreasResponse, "serialization"),
    (ModelResponse, "serialization"),
    (ModelsResponse, "serialization"),
    (ActivateResponse, "serialization"),
    (FeedbackRequest, "validation"),
    (FeedbackResponse, "serialization"),
    (UndoResponse, "serialization"),
    (ReviewResponse, "serialization"),
    (RetrainRequest, "validation"),
    (RetrainJob, "serialization"),
    (ErrorResponse, "serialization"),
]
_ERRORS = {
    400: "The request is malformed or invalid; nothing of it was done.",
    404: "There is no such thing here.",
    408: "The body did not arrive in time.",
    409: "It is not possible now; the sentence says why, and nothing changed.",
    413: "The body is too long.",
    415: "The body is not declared as plain JSON.",
    429: "The service has more work than it can take; Retry-After says when to come back.",
    503: "The model is not ready.",
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 1}}}
_JOB_PARAMETER = {
    "name": "job",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1},
    "description": "A name that POST /retrain answered.",
    "example": "20260101-120000-0a1b2c",
}
_TAG_EXAMPLE = {
    "papers": [
        {
            "id": "a",
            "title": "Learning to segment cells from few examples",
            "abstract": "We train a segmentation network for microscopy images from ten labelled cells.",
        }
    ],
    "top_k": 3,
}


@lru_cache(maxsize=4)
def openapi_document(area_ids: tuple[str, ...]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document; `area_ids` are what POST /tag takes in `areas` (none: not known yet)."""
    _, definitions = models_json_schema(_MODELS, ref_template="#/components/schemas/{model}")
    schemas = definitions["$defs"]
    if area_ids:
        _name_areas(schemas["TagRequest"]["properties"]["areas"], area_ids)
        for name in ("areas", "not"):
            _name_areas(schemas["LabelIn"]["properties"][name], area_ids)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "areatag",
            "version": _version(),
            "description": "Tags scientific papers with research areas.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": secured(
            {
                "/tag": {"post": _tag_operation()},
                "/areas": {"get": _get("The taxonomy of the active model", "AreasResponse", 503)},
                "/model": {"get": _get("The active model: version, encoder, metrics, origin", "ModelResponse", 503)},
                "/models": {"get": _get("The model versions of this machine", "ModelsResponse")},
                "/models/{version}/activate": {"post": _activate_operation()},
                "/feedback": {"post": _feedback_operation(area_ids)},
                "/feedback/{entry}": {"delete": _undo_operation()},
                "/review": {"get": _review_operation()},
                "/retrain": {"post": _retrain_operation()},
                "/retrain/{job}": {"get": _job_operation(), "delete": _cancel_operation()},
                "/livez": {"get": _get_text("/livez", "The process lives")},
                "/readyz": {"get": _get_text("/readyz", "The active model has tagged a paper", 503)},
                "/metrics": {"get": _get_text("/metrics", "Prometheus metrics")},
            }
        ),
        "components": {"schemas": schemas, "securitySchemes": SECURITY_SCHEMES},
    }


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


def _name_areas(area_list: dict[str, Any], area_ids: Sequence[str]) -> None:
    for option in area_list.get("anyOf", [area_list]):
        if option.get("type") == "array":
            option["items"] = {"type": "string", "enum": list(area_ids)}


def _tag_operation() -> dict[str, Any]:
    return {
        "summary": "The areas of 1 to 256 papers",
        "operationId": "tag",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref("TagRequest"), "example": _TAG_EXAMPLE}},
        },
        "responses": {"200": _answer("TagResponse"), **_errors(400, 408, 413, 415, 429, 503)},
    }


def _feedback_operation(area_ids: Sequence[str]) -> dict[str, Any]:
    paper = {"id": "a", "title": "Learning to segment cells from few examples"}
    label = {"paper": paper, "areas": list(area_ids[:1]), "not": list(area_ids[1:2]), "complete": False}
    example = {"labels": [{**label, "annotator": "ada"}]}
    return {
        "summary": "Store labels of curators, durably, all or none",
        "operationId": "feedback",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref("FeedbackRequest"), "example": example}},
        },
        "responses": {"200": _answer("FeedbackResponse"), **_errors(400, 408, 409, 413, 415, 429, 503)},
    }


def _undo_operation() -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1}
    entry = {"name": "entry", "in": "path", "required": True, "schema": schema}
    name = {"type": "string", "maxLength": LONGEST_NAME}
    annotator = {"name": "annotator", "in": "query", "schema": name, "description": "Who withdraws it."}
    return {
        "summary": "Withdraw a label; it stays in the history",
        "operationId": "undo",
        "parameters": [{**entry, "description": "A number that POST /feedback answered.", "example": 1}, annotator],
        "responses": {"200": _answer("UndoResponse"), **_errors(400, 404, 409, 503)},
    }


def _review_operation() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 1, "maximum": MOST_REVIEWED, "default": DEFAULT_REVIEWED}
    return {
        "summary": "Papers whose labels would teach the model most, with its guesses",
        "description": "Chosen among papers with an incomplete label and those that the service was asked to keep "
        "(AREATAG_CACHE_PAPERS): the model is unsure of them, they are unlike each other, and a person can judge them.",
        "operationId": "review",
        "parameters": [{"name": "n", "in": "query", "schema": count, "description": "Most papers.", "example": 5}],
        "responses": {"200": _answer("ReviewResponse"), **_errors(400, 503)},
    }


def _retrain_operation() -> dict[str, Any]:
    return {
        "summary": "Start a retraining from the stored labels, in a process of its own",
        "operationId": "retrain",
        "requestBody": {
            "required": False,
            "content": {"application/json": {"schema": _ref("RetrainRequest"), "example": {"promote": "auto"}}},
        },
        "responses": {
            "202": _answer("RetrainJob", "It has started."),
            **_errors(400, 404, 408, 409, 413, 415, 429, 503),
        },
    }


def _job_operation() -> dict[str, Any]:
    return {
        "summary": "State, progress, metrics and verdict of a retraining",
        "operationId": "job",
        "parameters": [_JOB_PARAMETER],
        "responses": {"200": _answer("RetrainJob"), **_errors(404, 503)},
    }


def _cancel_operation() -> dict[str, Any]:
    return {
        "summary": "Cancel a retraining; the active model stays",
        "operationId": "cancel",
        "parameters": [_JOB_PARAMETER],
        "responses": {"200": _answer("RetrainJob"), **_errors(404, 409, 503)},
    }


def _activate_operation() -> dict[str, Any]:
    version = {"name": "version", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    return {
        "summary": "Make a version the active one; answers when every worker process serves it",
        "operationId": "activate",
        "parameters": [{**version, "description": "A name that GET /models lists.", "example": "bundled"}],
        "responses": {"200": _answer("ActivateResponse"), **_errors(404, 409, 503)},
    }


def _get(summary: str, model: str, *errors: int) -> dict[str, Any]:
    return {"summary": summary, "responses": {"200": _answer(model), **_errors(*errors)}}


def _get_text(path: str, summary: str, *errors: int) -> dict[str, Any]:
    content = {"text/plain": {"schema": {"type": "string"}, "example": TEXTS[path]}}
    return {
        "summary": summary,
        "responses": {"200": {"description": "OK", "content": content}, **_errors(*errors)},
    }


def _answer(model: str, description: str = "OK") -> dict[str, Any]:
    content = {"application/json": {"schema": _ref(model), "example": ANSWERS[model]}}
    return {"description": description, "content": content}


def _errors(*statuses: int) -> dict[str, Any]:
    answers: dict[str, Any] = {
        str(status): {
            "description": _ERRORS[status],
            "content": {"application/json": {"schema": _ref("ErrorResponse"), "example": ERRORS[status]}},
        }
        for status in statuses
    }
    for status in {"429", "503"} & answers.keys():
        answers[status]["headers"] = _RETRY_AFTER
    return answers


def _ref(model: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model}"}


def _version() -> str:
    try:
        return version("areatag")
    except PackageNotFoundError:  # inside a Bento the project is on the path, not installed
        return "0"
