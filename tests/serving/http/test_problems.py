"""Errors of Annif's interface are problem details, wherever in the service they come from."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from serving.http.errors import Detail, ServiceError, error_response, invalid
from serving.http.problems import MEDIA_TYPE, answers_problems

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("path", "expected"), [("/v1", True), ("/v1/", True), ("/v1/projects", True), ("/v10", False), ("/tag", False)]
)
def test_the_paths_of_annif(path: str, expected: bool) -> None:
    """And no others."""
    assert answers_problems(path) is expected


def test_all_that_is_wrong_is_in_the_detail() -> None:
    """A problem has no list beside its sentence; what UTF-8 cannot encode comes back escaped."""
    error = invalid([Detail("[0].text", "is missing"), Detail("[1].\ud800", "is not known here")])
    answer = error_response(error, "/v1/projects")
    assert answer.media_type == MEDIA_TYPE
    assert json.loads(bytes(answer.body)) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "[0].text is missing. [1].\ud800 is not known here.",
    }
    plain = error_response(ServiceError(404, "No such project."), "/v1/projects/x")
    assert json.loads(bytes(plain.body))["detail"] == "No such project."


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/v1/nothing", b"", {}, 404),
        ("DELETE", "/v1/projects", b"", {}, 405),
        ("POST", "/v1/detect-language", b"{", {"Content-Type": "application/json"}, 400),
        ("POST", "/v1/detect-language", b"{}", {"Content-Type": "text/plain"}, 415),
        ("POST", "/v1/projects/areas/suggest", b"text=snow&limit=many", _FORM, 400),
        ("POST", "/v1/projects/areas/suggest-batch?limit=-1", b'{"documents": []}', {}, 400),
        ("GET", "/v1/projects", b"", {"Host": "papers.example"}, 403),
        ("GET", "/v1/projects", b"", {"Authorization": "Bearer wrong"}, 401),
        ("GET", "/v1/projects", b"", {"Content-Length": "5", "Transfer-Encoding": "chunked"}, 400),
    ],
)
def test_each_failure_is_a_problem(
    client: TestClient, method: str, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    """From routing, bodies, parameters, access and the protocol."""
    answer = client.request(method, path, content=body, headers={"Content-Type": "application/json", **headers})
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)
    assert answer.json().keys() == {"type", "title", "status", "detail"} and answer.json()["status"] == status


def test_other_paths_keep_their_shape(client: TestClient) -> None:
    """`error` and `detail`."""
    assert client.get("/nothing").json().keys() == {"error", "detail"}
