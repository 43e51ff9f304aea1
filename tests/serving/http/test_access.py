"""Keys, roles, and what is open to whom."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from data.errors import UsageError
from serving import server
from serving.http.access import AccessControl, TrustedSites, is_loopback
from serving.http.keys import ApiKeys, Role, new_key
from serving.http.routing import Call, RouteTable
from serving.http.settings import ServiceSettings
from serving.routes.registry import ROUTERS
from tests.serving.conftest import ADMIN, ADMIN_KEY, Serve
from tests.serving.fake_tagger import FakeTagger

_BODY = {"papers": [{"title": "We segment."}]}
_NONE = {"Authorization": ""}
_ELSEWHERE = "http://192.0.2.1"


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_roles_of_calls() -> None:
    """What is not listed needs a key: the role admin when it changes something."""
    role_of = RouteTable([route for router in ROUTERS for route in router.routes]).role_of
    assert role_of("GET", "/readyz") is role_of("HEAD", "/ui/page.js") is role_of("GET", "/") is Role.NONE
    assert role_of("POST", "/tag") is role_of("GET", "/models") is role_of("GET", "/anything") is Role.TAG
    assert role_of("POST", "/feedback") is role_of("DELETE", "/feedback/1") is role_of("HEAD", "/review") is Role.LABEL
    assert role_of("POST", "/models/v1/activate") is role_of("DELETE", "/retrain/1") is Role.ADMIN
    assert role_of("GET", "/retrain/1") is role_of("PUT", "/tag") is role_of("POST", "/anything") is Role.ADMIN


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("localhost", True)]
    + [(host, False) for host in ("0.0.0.0", "::", "192.0.2.1", "papers.example", "")],
)
def test_loopback(host: str, expected: bool) -> None:
    """Addresses that only this machine reaches."""
    assert is_loopback(host) is expected


def test_tagging_is_open_on_loopback_only(serve: Serve) -> None:
    """Elsewhere a key is needed; a wrong one is refused anywhere; health and description are open."""
    key, line = new_key(Role.TAG)
    with serve(FakeTagger(), api_keys=line) as client:
        assert client.post("/tag", json=_BODY, headers=_NONE).status_code == 200
        for path in ("/readyz", "/livez", "/metrics", "/docs.json"):
            assert client.get(_ELSEWHERE + path, headers=_NONE).status_code == 200
        refused = client.post(_ELSEWHERE + "/tag", json=_BODY, headers=_NONE)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == 'Bearer realm="areatag"'
        assert refused.json()["error"].startswith("This call needs an API key with the role tag")
        assert client.post(_ELSEWHERE + "/tag", json=_BODY, headers=_bearer(key)).status_code == 200
        wrong = client.post("/tag", json=_BODY, headers=_bearer("wrong"))
        assert wrong.status_code == 401 and "invalid_token" in wrong.headers["www-authenticate"]
        forbidden = client.post("/models/v1/activate", headers=_bearer(key))
        assert forbidden.status_code == 403
        assert forbidden.json() == {
            "error": "This call needs an API key with the role admin; this one has the role tag.",
            "detail": [],
        }


def test_head_needs_the_role_of_get(serve: Serve) -> None:
    """Headers alone tell of what a key protects, also on loopback, where reading what is open needs no key."""
    key, line = new_key(Role.TAG)
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, Call)]
    paths = {route.path_format for route in routes if "GET" in (route.methods or ()) and route.role > Role.TAG}
    assert "/review" in paths
    with serve(FakeTagger(), api_keys=line) as client:
        for path in paths:
            assert client.head(path, headers=_NONE).status_code == 401
            assert client.head(path, headers=_bearer(key)).status_code == 403


def test_tagging_can_be_open_everywhere_but_admin_calls_never(serve: Serve) -> None:
    """AREATAG_OPEN_TAGGING speaks of tagging and reading only."""
    with serve(FakeTagger(), open_tagging="true") as client:
        assert client.post(_ELSEWHERE + "/tag", json=_BODY, headers=_NONE).status_code == 200
        for headers in (_NONE, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}, _bearer("é")):
            answer = client.post("/models/v1/activate", headers=[(k.encode(), v.encode()) for k, v in headers.items()])
            assert answer.status_code == 401
        assert client.post("/models/v1/activate", headers=ADMIN).status_code == 404


def test_keys_stay_out_of_log_and_metrics(
    serve: Serve, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also wrong ones."""
    with serve(FakeTagger()) as client:
        monkeypatch.setattr(logging.getLogger("areatag"), "handlers", [caplog.handler])
        caplog.set_level(logging.INFO, "areatag")
        for key in (ADMIN_KEY, "wrong-key"):
            text = client.post("/models/v1/activate", headers=_bearer(key)).text
            assert key not in text + client.get("/metrics").text + caplog.text
        assert "POST /models/{version}/activate" in caplog.text


def test_pages_of_other_origins_are_named(serve: Serve) -> None:
    """Without AREATAG_CORS_ORIGINS no answer may be read by another origin's page; then those named."""
    origin = {"Origin": "https://papers.example"}
    with serve(FakeTagger()) as client:
        assert "access-control-allow-origin" not in client.get("/areas", headers=origin).headers
    with serve(FakeTagger(), cors_origins="https://papers.example,https://b.example") as client:
        assert client.post(_ELSEWHERE + "/tag", headers={**origin, **_NONE}).headers["access-control-allow-origin"]
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        assert client.options("/tag", headers={**origin, **asked}).status_code == 200
        other = client.get("/areas", headers={"Origin": "https://c.example"})
        assert "access-control-allow-origin" not in other.headers
    with pytest.raises(UsageError, match="AREATAG_CORS_ORIGINS"):
        ServiceSettings.from_environment({"AREATAG_CORS_ORIGINS": "papers.example"})


def test_other_addresses_need_keys_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what to set."""
    monkeypatch.delenv("AREATAG_API_KEYS", raising=False)
    with pytest.raises(UsageError, match=r"Listening on 0\.0\.0\.0 needs API keys: set AREATAG_API_KEYS"):
        server.run(host="0.0.0.0")
    server.check_access("0.0.0.0", ServiceSettings(open_tagging=True))
    server.check_access("::1", ServiceSettings())
    monkeypatch.setenv("AREATAG_API_KEYS", new_key(Role.TAG)[1])
    server.check_access("0.0.0.0", ServiceSettings())


def test_a_body_with_two_lengths_is_refused() -> None:
    """Whatever else the request has, since a proxy may see another end of it; the connection is closed."""
    sent: list[dict[str, Any]] = []

    async def called(*_: object) -> None:
        raise AssertionError("it was passed on")

    async def send(message: Any) -> None:
        sent.append(message)

    control = AccessControl(called, ApiKeys(()), TrustedSites(), RouteTable([]), open_tagging=True)
    headers = [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")]
    for more in ([], [(b"host", b"localhost")]):
        sent.clear()
        scope = {"type": "http", "method": "POST", "path": "/tag", "headers": [*headers, *more]}
        asyncio.run(control(scope, called, send))  # type: ignore[arg-type]
        assert sent[0]["status"] == 400 and (b"connection", b"close") in sent[0]["headers"]
        assert b"both Content-Length and Transfer-Encoding" in sent[1]["body"]
