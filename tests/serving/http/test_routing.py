"""What a declared route promises: its role before its body, HEAD beside GET, errors in one shape."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI, Response
from pydantic import BaseModel
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from serving.http.keys import Role
from serving.http.routing import Call, Router, RouteTable, json_answer, method_name
from serving.routes.registry import ROUTERS
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger

CALLS = [route for router in ROUTERS for route in router.routes if isinstance(route, Call)]


class Shelf(BaseModel):
    """What a route of these tests answers."""

    books: int


def _answered_without_a_byte(app: FastAPI, method: str, path: str) -> int:
    """The status of a call from elsewhere, whose body must not be asked for."""
    answers: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        answers.append(message)

    headers = [(b"host", b"papers.example"), (b"content-length", b"9"), (b"content-type", b"application/json")]
    scope: Scope = {
        **{"type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode()},
        **{"root_path": "", "scheme": "http", "query_string": b"", "headers": headers},
        **{"client": ("192.0.2.9", 5), "server": ("192.0.2.1", 80)},
    }
    asyncio.run(app(scope, receive, send))
    return int(answers[0]["status"])


def test_without_the_role_no_byte_of_a_body_is_read(serve: Serve) -> None:
    """Whatever the call; also one that no route answers."""
    with serve(FakeTagger()) as client:
        app: Any = client.app
        calls = {(method, route.path_format) for route in CALLS if route.role for method in route.methods or ()}
        assert len(calls) > 8
        for method, path in {*calls, ("POST", "/nothing"), ("PUT", "/tag")}:
            assert _answered_without_a_byte(app, method, path) == 401


def test_head_is_answered_as_get_is(client: TestClient) -> None:
    """Same status and type, in the role of GET."""
    paths = [route.path_format for route in CALLS if "GET" in (route.methods or ()) and "{" not in route.path_format]
    assert "/areas" in paths and "/ui" in paths
    for path in paths:
        read, head = client.get(path, follow_redirects=False), client.head(path, follow_redirects=False)
        assert (head.status_code, head.headers.get("content-type")) == (
            read.status_code,
            read.headers.get("content-type"),
        )
    assert client.head("/tag").status_code == 405


def test_the_root_leads_to_the_page(client: TestClient) -> None:
    """Who opens the address in a browser finds something."""
    answer = client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/ui")


def test_every_route_is_in_the_table() -> None:
    """By name and role; parameters are no part of the name."""
    table = RouteTable(CALLS)
    for route in CALLS:
        path = route.path_format.replace("{", "x").replace("}", "")
        assert table.name_of(path) == route.path_format
        for method in route.methods or ():
            assert table.role_of(method, path) is route.role
    assert table.name_of("/models/{version}/other") == table.name_of("/tag/") == "other"
    assert table.role_of("GET", "/feedback/{entry}") is Role.TAG  # no method of it
    assert table.role_of("TRACE", "/livez") is Role.NONE  # 405 says more than 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/tag/", 404),
        ("POST", "/encode", 404),
        ("GET", "/static_content/%00", 404),
        ("GET", "/%ff%fe", 404),
        ("GET", "/tag", 405),
        ("DELETE", "/areas", 405),
        ("POST", "/livez", 405),
    ],
)
def test_routing_errors_are_json(client: TestClient, method: str, path: str, status: int) -> None:
    """Unknown paths and wrong methods answer in the shape of every error; BentoML's own routes are gone."""
    answer = client.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "detail"}
    assert ("allow" in answer.headers) == (status == 405)


def test_what_a_client_invents_gets_no_name() -> None:
    """Neither a method nor a path: there is no bound on their number."""
    assert [method_name(name) for name in ("GET", "DELETE", "PURGE", "get", "")] == ["GET", "DELETE", *["other"] * 3]
    assert RouteTable([]).name_of("/tag") == "other"
    assert (RouteTable([]).role_of("GET", "/x"), RouteTable([]).role_of("POST", "/x")) == (Role.TAG, Role.ADMIN)


def test_what_is_declared_is_answered_and_described() -> None:
    """A route in the role that it names; one that names none is for admins."""
    router = Router()

    @router.call("PUT", "/shelves/{shelf}", Role.LABEL, "Fill a shelf", Shelf, example={"books": 1}, status=201)
    async def fill(shelf: str) -> Shelf:
        """Say more."""
        return Shelf(books=len(shelf))

    @router.hidden("/open", Role.NONE)
    async def read() -> Response:
        return json_answer({"measured": float("nan"), "found": 0.5}, 203)

    app = FastAPI()
    app.include_router(router)
    with TestClient(app) as client:
        answer = client.put("/shelves/abc")
        assert (answer.status_code, answer.json()) == (201, {"books": 3})
        answer = client.get("/open")
        assert (answer.status_code, answer.json()) == (203, {"measured": None, "found": 0.5})
        assert answer.headers["content-type"] == "application/json"
    first, second = (route for route in router.routes if isinstance(route, Call))
    assert (first.role, first.example, first.body, first.operation_id) == (Role.LABEL, {"books": 1}, None, "fill")
    assert second.role is Role.NONE and not second.include_in_schema
    described = app.openapi()["paths"]
    assert "/open" not in described
    assert described["/shelves/{shelf}"]["put"]["security"] == [{"key": []}]
    assert {"201", "401", "403"} <= described["/shelves/{shelf}"]["put"]["responses"].keys()
    assert Call.role is Role.ADMIN
