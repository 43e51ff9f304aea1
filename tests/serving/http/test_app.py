"""The app of a worker process: every call goes through the same layers, whatever its route."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from starlette.testclient import TestClient

from data.errors import UsageError
from serving.http.app import create_app
from serving.http.keys import Role, new_key
from serving.http.routing import Router
from serving.http.settings import ServiceSettings


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield


def _client(**settings: object) -> TestClient:
    router = Router()

    @router.call("GET", "/open", Role.NONE, "Open", example="yes")
    async def open_call() -> PlainTextResponse:
        return PlainTextResponse("yes")

    @router.call("GET", "/closed", Role.LABEL, "Closed", example="yes")
    async def closed_call() -> PlainTextResponse:
        return PlainTextResponse("yes")

    app = create_app([router], ServiceSettings.model_validate(settings), None, _lifespan)
    return TestClient(app, "http://127.0.0.1")


def test_a_role_is_asked_for_where_one_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of the role opens, one below does not, and a refusal has the one shape of errors."""
    key, line = new_key(Role.LABEL)
    lower, lower_line = new_key(Role.TAG)
    monkeypatch.setenv("AREATAG_API_KEYS", f"{line},{lower_line}")
    client = _client()
    assert client.get("/open").text == "yes"
    refused = client.get("/closed")
    assert refused.status_code == 401 and refused.json().keys() == {"error", "detail"}
    answers = [client.get("/closed", headers={"Authorization": f"Bearer {given}"}) for given in (lower, key)]
    assert [answer.status_code for answer in answers] == [403, 200]


def test_calls_are_logged_by_route_also_where_refused(caplog: pytest.LogCaptureFixture) -> None:
    """Each has an id that the client gets back."""
    with caplog.at_level(logging.INFO, "areatag.access"):
        answer = _client().get("/closed", headers={"X-Request-ID": "call-7"})
    assert answer.headers["X-Request-ID"] == "call-7" and len(caplog.records) == 1


def test_pages_of_other_sites_may_read_where_they_are_named() -> None:
    """Also what went wrong: a refusal carries the header too."""
    origin = {"Origin": "https://papers.example"}
    assert "access-control-allow-origin" not in _client().get("/closed", headers=origin).headers
    answer = _client(cors_origins="https://papers.example").get("/closed", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "https://papers.example"


def test_malformed_keys_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that nobody can use would be found out too late."""
    monkeypatch.setenv("AREATAG_API_KEYS", "admin:too-short")
    with pytest.raises(UsageError, match="AREATAG_API_KEYS: entry 1"):
        _client()
