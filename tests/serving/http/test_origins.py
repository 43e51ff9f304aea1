"""Calls that a web page of another site has a browser make: under any name, from any origin, of any content type."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from data.errors import UsageError
from data.tagged_papers import tagged_papers
from serving.http.access import TrustedSites, host_name, is_loopback
from serving.http.settings import ServiceSettings
from tests.serving.conftest import ADMIN, Serve
from tests.serving.fake_tagger import FakeTagger
from tests.support.properties import SHARED_FIXTURES

_BODY = b'{"papers":[{"title":"We segment pollen grains."}]}'
_JSON = {"Content-Type": "application/json"}
_NO_KEY = {"Authorization": ""}
_NAMES = st.from_regex(r"\A[a-z0-9]([a-z0-9.-]{0,20}[a-z])\.(example|localhost|test)\Z")
_HOSTS = st.one_of(
    _NAMES,
    st.builds("{}:{}".format, _NAMES, st.integers(0, 65535)),
    st.ip_addresses().filter(lambda ip: not ip.is_loopback).map(lambda ip: f"[{ip}]" if ip.version == 6 else str(ip)),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
    st.sampled_from(["", "localhost.evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "0.0.0.0:3000"]),
)
_MANY = settings(max_examples=60, suppress_health_check=SHARED_FIXTURES)


@pytest.fixture(scope="module")
def keeping(serve: Serve) -> Iterator[TestClient]:
    """A service that keeps what it tags, and whose client sends no key."""
    with serve(FakeTagger(), cache_papers=100, hosts="papers.example, [2001:db8::7]:80") as client:
        client.headers["Authorization"] = ""
        yield client


def _scope(**headers: str) -> dict[str, object]:
    fields = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http", "path": "/tag", "server": ("127.0.0.1", 3000), "headers": fields}


@_MANY
@given(host=_HOSTS)
def test_on_loopback_no_other_name_is_answered(keeping: TestClient, host: str) -> None:
    """Whatever the name of a page's own that leads here (DNS rebinding): not even with a key; probes are answered."""
    own = host_name(host) in {"papers.example", "2001:db8::7"} or is_loopback(host_name(host) or "")
    for path in ("/models", "/ui", "/docs.json", "/review"):
        answer = keeping.get(path, headers={"Host": host, **ADMIN})
        assert (answer.status_code == 403) is not own
        assert own or set(answer.json()) == {"error", "detail"}
    assert keeping.get("/readyz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST:3000", "127.0.0.1:3000", "127.9.9.9", "[::1]:3000", "[::1]"),
        *("papers.example:8443", "Papers.Example", "[2001:db8::7]:3000"),
    ],
)
def test_its_own_names_are_answered(keeping: TestClient, host: str) -> None:
    """Loopback in every spelling of it, and what AREATAG_HOSTS names, on any port."""
    assert keeping.post("/tag", content=_BODY, headers={"Host": host, **_JSON}).status_code == 200


def test_elsewhere_names_are_checked_where_some_are_given(serve: Serve) -> None:
    """A service with keys on a public address has whatever name its DNS has."""
    given = {"Host": "any.example", **ADMIN}
    with serve(FakeTagger(), hosts="") as client:
        assert client.get("http://192.0.2.1/models", headers=given).status_code == 200
    with serve(FakeTagger(), hosts="papers.example") as client:
        assert client.get("http://192.0.2.1/models", headers=given).status_code == 403
        assert client.get("http://192.0.2.1/models", headers={**given, "Host": "papers.example"}).status_code == 200
    for hosts in ("a/b", "papers.example, x y@z"):
        with pytest.raises(UsageError, match="AREATAG_HOSTS"):
            ServiceSettings.from_environment({"AREATAG_HOSTS": hosts})


_ORIGINS = st.one_of(
    st.just("null"),
    st.builds("{}://{}".format, st.sampled_from(["http", "https", "file", "chrome-extension"]), _HOSTS),
    st.sampled_from(["http://localhost:3001", "http://localhost", "https://localhost:3000/", "http://127.0.0.1:3000"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20),
)


@_MANY
@given(
    origin=_ORIGINS,
    site=st.sampled_from([None, "cross-site", "same-site", "none", "Same-Origin"]),
    content_type=st.sampled_from(["application/json", "text/plain", "", None]),
)
def test_pages_of_other_origins_do_nothing(
    keeping: TestClient, origin: str, site: str | None, content_type: str | None
) -> None:
    """Without a key, and whatever they declare: 403, and nothing is tagged or kept."""
    headers = {"Host": "localhost:3000", "Origin": origin}
    headers |= {"Sec-Fetch-Site": site} if site else {}
    headers |= {"Content-Type": content_type} if content_type is not None else {}
    answer = keeping.post("/tag", content=_BODY.replace(b"pollen", b"pages"), headers=headers)
    assert answer.status_code == 403 and set(answer.json()) == {"error", "detail"}
    keeping.app.state.service.tagged.flush()  # type: ignore[attr-defined]
    assert not any("pages" in paper.title for paper in tagged_papers())


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost:3000"},
        {"Origin": "https://localhost:3000"},  # a proxy ends TLS
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost", "Host": "localhost:80"},
        {"Origin": "https://papers.example", "Host": "papers.example"},
        {"Origin": "https://papers.example:8443", "Host": "PAPERS.example:8443"},
        {},
    ],
)
def test_its_own_pages_and_programs_call(keeping: TestClient, headers: dict[str, str]) -> None:
    """By Sec-Fetch-Site, or by an Origin that is the Host; what is no browser sends neither."""
    given = {"Host": "localhost:3000", **_JSON, **headers}
    assert keeping.post("/tag", content=_BODY, headers=given).status_code == 200


def test_a_key_or_the_operator_lets_other_origins_call(serve: Serve) -> None:
    """AREATAG_CORS_ORIGINS names them; a page that sends a key was given it."""
    foreign = {"Origin": "https://reading.example", "Sec-Fetch-Site": "cross-site", **_JSON}
    with serve(FakeTagger(), cors_origins="https://reading.example") as client:
        assert client.post("/tag", content=_BODY, headers={**foreign, **_NO_KEY}).status_code == 200
        other = {**foreign, "Origin": "https://reading.example.evil.example"}
        assert client.post("/tag", content=_BODY, headers={**other, **_NO_KEY}).status_code == 403
        assert client.post("/tag", content=_BODY, headers={**other, **ADMIN}).status_code == 200
    with serve(FakeTagger(), cors_origins="*") as client:
        assert client.post("/tag", content=_BODY, headers={**foreign, **_NO_KEY}).status_code == 200


def test_open_tagging_is_open_to_no_other_pages(serve: Serve) -> None:
    """Also on a public address a page makes its visitors' browsers tag nothing."""
    with serve(FakeTagger(), open_tagging="true") as client:
        answer = client.post(
            "http://192.0.2.1/tag", content=_BODY, headers={**_NO_KEY, **_JSON, "Origin": "https://a.example"}
        )
        assert answer.status_code == 403


@given(
    content_type=st.one_of(
        st.none(),
        st.text(st.characters(min_codepoint=32, max_codepoint=126)),
        st.builds("{};{}".format, st.sampled_from(["text/plain", "multipart/form-data"]), st.just("application/json")),
    ).filter(lambda declared: (declared or "").split(";")[0].strip().lower() != "application/json")
)
@_MANY
def test_what_is_not_declared_as_json_is_not_read(keeping: TestClient, content_type: str | None) -> None:
    """A page may send text, forms and blobs without asking first (a "simple" request), but no JSON."""
    for path in ("/tag", "/feedback", "/retrain"):
        headers = {**ADMIN, **({} if content_type is None else {"Content-Type": content_type})}
        assert keeping.post(path, content=_BODY, headers=headers).status_code == 415


@pytest.mark.parametrize("path", ["/papers", "/papers/keywords"])
@pytest.mark.parametrize("origin", ["https://a.example", "null", "http://localhost.a.example"])
def test_forms_of_other_origins_send_no_files(keeping: TestClient, path: str, origin: str) -> None:
    """A form needs no permission of the browser's to be sent: it is refused by its origin, before it is read."""
    file, data = {"file": b"@misc{a, title={Moss}}"}, {"areas": "{}"} if path == "/papers/keywords" else {}
    assert keeping.post(path, files=file, data=data, headers={"Origin": origin}).status_code == 403
    assert keeping.post(path, files=file, data=data, headers={"Origin": "http://127.0.0.1"}).status_code == 200


def test_two_origins_or_hosts_are_refused() -> None:
    """What only a broken client sends speaks for no origin."""
    sites = TrustedSites()
    scope = _scope(host="localhost:3000", origin="http://localhost:3000")
    assert sites.origin_refusal(scope) is sites.host_refusal(scope) is None
    scope["headers"] = [*scope["headers"], (b"origin", b"https://a.example"), (b"host", b"localhost")]  # type: ignore[misc]
    assert sites.origin_refusal(scope) is not None and sites.host_refusal(scope) is not None
