"""What the OpenAPI document says of calls that fail, by their status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from serving.http.problems import MEDIA_TYPE, answers_problems, problem

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
    413: ("The body is too long.", "The body is longer than 8 MiB; send fewer papers at once."),
    415: (
        "The body is not declared as what it must be.",
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
_PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 1}}}
_HEADERS = {
    401: {"WWW-Authenticate": {"description": "The scheme to use", "schema": {"type": "string"}}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}


def described_errors(statuses: Iterable[int], role: str, path: str) -> dict[int | str, dict[str, Any]]:
    """Return what the document says of failures with these statuses, as FastAPI takes it.

    Args:
        statuses: of the failures.
        role: of the call.
        path: of the call.
    """
    as_problem = answers_problems(path)
    described: dict[int | str, dict[str, Any]] = {}
    for status in sorted(statuses):
        description, sentence = _DESCRIBED[status]
        detail = [{"field": "papers[0].title", "problem": "must be text"}] if status == 400 else []
        content = {"application/json": {"schema": _SCHEMA, "example": {"error": sentence, "detail": detail}}}
        if as_problem:
            content = {MEDIA_TYPE: {"schema": _PROBLEM_SCHEMA, "example": problem(status, sentence)}}
        described[status] = {"description": description.format(role=role), "content": content}
        if status in _HEADERS and not (as_problem and status == 401):
            described[status]["headers"] = _HEADERS[status]
    return described
