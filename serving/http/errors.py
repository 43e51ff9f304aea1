"""Errors of the REST service: one JSON shape, one sentence each, never a traceback."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from serving.http.problems import MEDIA_TYPE, answers_problems, problem

_MOST_DETAILS = 20
_LONGEST_NAME = 60

# What pydantic's error types mean for a client; {..} is filled from the error's context.
_PROBLEMS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; GET /docs.json lists the names",
    "string_type": "must be text",
    "string_unicode": "has a lone surrogate, which is no Unicode text",
    "string_too_short": "needs at least {min_length} characters",
    "string_too_long": "has more than {max_length} characters",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of fewer digits",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
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


class ErrorItem(BaseModel):
    """One thing that is wrong with a request."""

    field: str = Field(description="Where, such as papers[3].title; empty for the whole body.")
    problem: str


class ErrorResponse(BaseModel):
    """Why a call failed."""

    error: str
    detail: list[ErrorItem]


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


def error_response(error: ServiceError, path: str = "") -> Response:
    """Return the error as JSON, in ASCII: a name that a client sent may hold what UTF-8 cannot encode.

    Args:
        error: what failed.
        path: of the call, which says in which shape its client reads errors.
    """
    if answers_problems(path):
        sentence = " ".join(item.sentence for item in error.detail) or error.sentence
        body, media_type = problem(error.status, sentence), MEDIA_TYPE
    else:
        detail = [{"field": item.field, "problem": item.problem} for item in error.detail]
        body, media_type = {"error": error.sentence, "detail": detail}, "application/json"
    return Response(json.dumps(body), error.status, dict(error.headers or {}), media_type)


def install(app: Starlette) -> None:
    """Make every failure of the app, routing included, answer with this shape."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _wrong_parameter)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(ClientDisconnect, _disconnected)
    app.add_exception_handler(Exception, _bug)


async def _service_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    return error_response(error, request.url.path)


async def _wrong_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # the place of a parameter begins with "query" or "path"
    items: Sequence[ErrorDetails] = error.errors()
    return error_response(invalid([_detail(item, item["loc"][1:]) for item in items]), request.url.path)


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path[:_LONGEST_NAME]
    allowed = (error.headers or {}).get("Allow", "other methods")
    sentences = {
        404: f"There is nothing at {path}; GET /docs.json describes what this service answers.",
        405: f"{path} does not take {request.method[:_LONGEST_NAME]}; it takes {allowed}.",
    }
    sentence = sentences.get(error.status_code, error.detail)
    return error_response(ServiceError(error.status_code, sentence, headers=error.headers), request.url.path)


async def _disconnected(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody is left to read it


async def _bug(request: Request, __: Exception) -> Response:
    # The traceback is in the log, where the server writes what is raised again after this answer.
    sentence = "The service failed on this call; its log has the details."
    return error_response(ServiceError(500, sentence), request.url.path)
