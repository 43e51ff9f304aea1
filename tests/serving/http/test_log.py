"""The id of a request."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_request_ids_are_given_and_kept(client: TestClient) -> None:
    """A sane id of the client comes back; another is replaced."""
    assert client.get("/livez", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/livez", headers={"X-Request-ID": "a b\t{"}).headers["x-request-id"] != "a b\t{"
