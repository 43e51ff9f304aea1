"""Every failure of a call is one sentence in one shape."""

from __future__ import annotations

import json
from typing import Annotated

import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from serving.http import errors
from serving.http.errors import Detail, ServiceError, error_response, from_validation, invalid, not_ready, overloaded


class Nest(BaseModel):
    """A body with a list of counted things."""

    model_config = ConfigDict(strict=True, extra="forbid")
    eggs: list[Annotated[int, Field(ge=0)]]


def _refused(value: object) -> ServiceError:
    with pytest.raises(ValidationError) as raised:
        Nest.model_validate(value)
    return from_validation(raised.value)


def test_the_place_is_a_path_and_the_value_is_not_repeated() -> None:
    """A value may be long or secret."""
    error = _refused({"eggs": [1, "secret"]})
    assert (error.status, error.sentence) == (400, "eggs[1] must be a whole number.")
    assert _refused({"eggs": [-1]}).sentence == "eggs[0] must be at least 0."
    assert _refused({}).sentence == "eggs is missing."
    assert _refused([]).sentence == "The body must be an object."


def test_a_long_name_of_a_client_is_cut() -> None:
    """It stands in the sentence and in the log."""
    (detail,) = _refused({"eggs": [], "x" * 5000: 1}).detail
    assert len(detail.field) < 100 and detail.field.endswith("…")


def test_the_first_of_many_problems_is_told_with_their_number() -> None:
    """The detail has at most twenty."""
    error = invalid([Detail(f"eggs[{n}]", "must be a number") for n in range(30)])
    assert error.sentence == "eggs[0] must be a number. There are 29 more problems; see detail."
    assert len(error.detail) == 20
    assert "There is 1 more problem;" in invalid([Detail("a", "is wrong"), Detail("b", "is wrong")]).sentence


def test_when_to_come_back_is_at_least_a_second() -> None:
    """Retry-After is whole seconds, rounded up."""
    assert [overloaded("Full.", seconds).headers for seconds in (0.01, 1.2)] == [
        {"Retry-After": "1"},
        {"Retry-After": "2"},
    ]
    assert (not_ready("Soon.").status, not_ready("Soon.").headers) == (503, {"Retry-After": "1"})


def test_text_that_utf8_cannot_encode_is_answered() -> None:
    """A lone surrogate of a client's name comes back escaped."""
    body = error_response(ServiceError(400, "No \ud800 here.")).body
    assert json.loads(bytes(body))["error"] == "No \ud800 here."


def test_whatever_a_handler_raises_has_the_shape() -> None:
    """A bug says nothing of its cause, a missing path what is there, a wrong method which are right."""
    app = FastAPI(openapi_url=None)
    errors.install(app)

    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("a secret path")

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "This is a teapot.")

    @app.get("/count")
    async def count(n: int) -> int:
        return n

    client = TestClient(app, raise_server_exceptions=False)
    for method, path, status, expected in (
        ("GET", "/bug", 500, "The service failed on this call"),
        ("GET", "/teapot", 418, "This is a teapot."),
        ("GET", "/nothing", 404, "There is nothing at /nothing;"),
        ("PUT", "/bug", 405, "/bug does not take PUT; it takes GET."),
        ("GET", "/count?n=many", 400, "n "),
    ):
        answer = client.request(method, path)
        assert answer.status_code == status and answer.json().keys() == {"error", "detail"}
        assert answer.json()["error"].startswith(expected), answer.json()
        assert "secret" not in answer.text
