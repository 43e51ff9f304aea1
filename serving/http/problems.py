"""Errors as problem details (RFC 9457): what clients of Annif's REST interface read, on the paths of that interface."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

PATH = "/v1"
"""Where the service answers as Annif does."""
MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """Why a call failed."""

    type: str = Field("about:blank", description="The status says which kind of problem it is.")
    title: str = Field(description="The status in words.")
    status: int = Field(ge=400, lt=600)
    detail: str = Field(description="What is wrong, where, and what to do.")


def answers_problems(path: str) -> bool:
    """Whether calls to a path are answered as Annif answers them."""
    return path == PATH or path.startswith(f"{PATH}/")


def problem(status: int, sentence: str) -> dict[str, Any]:
    """Return the JSON of a failure."""
    return Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=sentence).model_dump()
