"""Errors of the REST service: one JSON shape, one sentence each, never a traceback."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

_MOST_DETAILS = 20
_LONGEST_NAME = 60

# What pydantic's error types mean for a client; {..} is filled from the error's context.
_PROBLEMS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; GET /docs.json lists the names",
    "string_type": "must be text",
    "string_unicode": "has a lone surrogate, which is no Unicode text",
    "string_too_long": "has more than {max_length} characters",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "enum": "must be {expected}",
    "bool_parsing": "must be true or false",
    "too_short": "needs at least {min_length} item",
    "too_long": "has more than {max_length} items",
}

BODY_STATUSES = (400, 408, 413, 415, 429)
"""What a call with a body may fail with."""
OPEN_STATUSES = (401, 403)
"""What a call that needs a role may fail with."""
_DESCRIBED = {
    400: ("The request is malformed or invalid; nothing of it was done.", "papers[0].title must be text."),
    401: ("A key with the role {role} is needed, or the key is not known.", "This API key is not known here."),
    403: (
        "The key's role is too low, or the Host or Origin header names another site.",
        "This call needs an API key with the role admin; this one has the role tag.",
    ),
    404: ("There is no such thing here.", "There is no such version; GET /models lists them."),
    408: ("The body did not arrive in time.", "The body did not arrive within 15 seconds; send it faster."),
    409: (
        "It is not possible now; the sentence says why, and nothing changed.",
        "Another activation is running; ask again when it is done.",
    ),
    413: ("The body is too long.", "The body is longer than 8388608 bytes; send fewer papers at once."),
    415: (
        "The body is not declared as plain JSON.",
        "The body must be JSON in UTF-8; send it with Content-Type: application/json.",
    ),
    429: (
        "The service has more work than it can take; Retry-After says when to come back.",
        "The service has more work than it can take; try again later.",
    ),
    503: ("The model is not ready.", "The model is still loading; ask again in a moment."),
}
"""By status: what the document says of it, and a sentence that it may come with."""
_SCHEMA = {"$ref": "#/components/schemas/ErrorResponse"}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 1}}}
_HEADERS = {
    401: {"WWW-Authenticate": {"description": "The scheme to use", "schema": {"type": "string"}}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}


class ErrorItem(BaseModel):
    """One thing that is wrong with a request."""

    field: str = Field(description="Where, such as papers[3].title; empty for the whole body.")
    problem: str


class ErrorResponse(BaseModel):
    """Why a call failed."""

    error: str
    detail: list[ErrorItem]


def described_errors(statuses: Iterable[int], role: str) -> dict[int | str, dict[str, Any]]:
    """Return what the document says of failures with these statuses, as FastAPI takes it; `role` is of the call."""
    described: dict[int | str, dict[str, Any]] = {}
    for status in sorted(statuses):
        description, sentence = _DESCRIBED[status]
        detail = [{"field": "papers[0].title", "problem": "must be text"}] if status == 400 else []
        described[status] = {
            "description": description.format(role=role),
            "content": {"application/json": {"schema": _SCHEMA, "example": {"error": sentence, "detail": detail}}},
            **({"headers": _HEADERS[status]} if status in _HEADERS else {}),
        }
    return described


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is wrong: a place such as "papers[3].title" ("" for the whole body) and the problem."""

    field: str
    problem: str

    @property
    def sentence(self) -> str:
        """The problem as a sentence that starts with its place."""
        return f"{self.field or 'The body'} {self.problem}."


class ServiceError(Exception):
    """A call that fails with a status, one sentence, and what is wrong where."""

    def __init__(
        self,
        status: int,
        sentence: str,
        detail: Sequence[Detail] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.detail, self.headers = status, sentence, tuple(detail), headers


def invalid(details: Sequence[Detail]) -> ServiceError:
    """Return the 400 that names the first problem in its sentence and the first twenty in its detail."""
    more = len(details) - 1
    rest = f" There {'is 1 more problem' if more == 1 else f'are {more} more problems'}; see detail." if more else ""
    return ServiceError(400, details[0].sentence + rest, details[:_MOST_DETAILS])


def overloaded(sentence: str, seconds: float) -> ServiceError:
    """Return the 429 that asks the client to come back after some seconds."""
    return ServiceError(429, sentence, headers={"Retry-After": str(max(1, math.ceil(seconds)))})


def not_ready(sentence: str) -> ServiceError:
    """Return the 503 for a service whose model is not there yet."""
    return ServiceError(503, sentence, headers={"Retry-After": "1"})


def from_validation(error: ValidationError, *place: str) -> ServiceError:
    """Return the 400 for a request, or what is at a place in it, that does not fit its schema.

    The client's values are not repeated.
    """
    return invalid(
        [_detail(item, (*place, *item["loc"])) for item in error.errors(include_url=False, include_input=False)]
    )


def _detail(item: ErrorDetails, place: Sequence[int | str]) -> Detail:
    template = _PROBLEMS.get(item["type"], "")
    problem = template.format(**item.get("ctx", {})) if template else item["msg"].rstrip(".")
    return Detail(place_of(place), problem)


def place_of(location: Sequence[int | str]) -> str:
    """Return ("papers", 3, "title") as "papers[3].title"."""
    place = ""
    for part in location:
        if isinstance(part, int):
            place += f"[{part}]"
        else:
            name = part if len(part) <= _LONGEST_NAME else part[: _LONGEST_NAME - 1] + "…"
            place += f".{name}" if place else name
    return place


def error_response(error: ServiceError) -> Response:
    """Return the error as JSON, in ASCII: a name that a client sent may hold what UTF-8 cannot encode."""
    detail = [{"field": item.field, "problem": item.problem} for item in error.detail]
    body = json.dumps({"error": error.sentence, "detail": detail})
    return Response(body, error.status, dict(error.headers or {}), "application/json")


def install(app: Starlette) -> None:
    """Make every failure of the app, routing included, answer with this shape."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _wrong_parameter)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(ClientDisconnect, _disconnected)
    app.add_exception_handler(Exception, _bug)


async def _service_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    return error_response(error)


async def _wrong_parameter(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # the place of a parameter begins with "query" or "path"
    items: Sequence[ErrorDetails] = error.errors()
    return error_response(invalid([_detail(item, item["loc"][1:]) for item in items]))


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path[:_LONGEST_NAME]
    allowed = (error.headers or {}).get("Allow", "other methods")
    sentences = {
        404: f"There is nothing at {path}; GET /docs.json describes what this service answers.",
        405: f"{path} does not take {request.method[:_LONGEST_NAME]}; it takes {allowed}.",
    }
    sentence = sentences.get(error.status_code, error.detail)
    return error_response(ServiceError(error.status_code, sentence, headers=error.headers))


async def _disconnected(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody is left to read it


async def _bug(_: Request, __: Exception) -> Response:
    # The traceback is in the log, where the server writes what is raised again after this answer.
    return error_response(ServiceError(500, "The service failed on this call; its log has the details."))
