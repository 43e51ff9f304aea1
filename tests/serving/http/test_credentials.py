"""Keys as bearer tokens, and as passwords under Annif's paths."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.http.credentials import Credentials, credentials_of
from serving.http.keys import Role, new_key
from tests.serving.conftest import ADMIN_KEY, Serve
from tests.serving.fake_tagger import FakeTagger

_ELSEWHERE = "http://192.0.2.1"
_TEXT = {"text": "We segment."}
_SUGGEST = "/v1/projects/areas/suggest"


def _basic(user: str, key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{key}".encode()).decode()}


def _of(path: str, value: bytes) -> Credentials | None:
    return credentials_of({"type": "http", "path": path, "headers": [(b"authorization", value)]})


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=":")), st.binary())
def test_a_password_may_be_anything(user: str, key: bytes) -> None:
    """Colons in it too."""
    given = _of("/v1/projects", b"basic " + b64encode(user.encode() + b":" + key))
    assert given is not None and given.key == key and given.is_password
    assert user.strip().startswith(given.user)
    assert given.holder


def test_only_annifs_paths_take_passwords() -> None:
    """Elsewhere the scheme is not ours."""
    encoded = b64encode(b"ada:key")
    assert _of("/tag", b"Basic " + encoded) is None
    assert _of("/v1/projects", b"Basic " + encoded) == Credentials(b"key", "ada", True)
    assert _of("/tag", b"Bearer key") == _of("/v1/", b"bearer  key ") == Credentials(b"key")


@pytest.mark.parametrize("value", [b"Basic", b"Basic !!!", b"Basic a", b"Basic " + b64encode(b"ada")])
def test_a_password_that_cannot_be_read_is_no_key(value: bytes) -> None:
    """It is refused as one that is not known, and not overlooked."""
    given = _of("/v1/", value)
    assert given is not None and given.key == b""


def test_who_holds_a_key_can_be_told_without_a_name() -> None:
    """By a part of the key's hash, from which nobody gets the key."""
    first, second = Credentials(b"one").holder, Credentials(b"two").holder
    assert first != second and first.startswith("key ") and "one" not in first


def test_a_key_in_the_address_opens_annifs_interface(serve: Serve) -> None:
    """With its role; a wrong one is refused on loopback too, and no browser is ever asked for a password."""
    key, line = new_key(Role.TAG)
    with serve(FakeTagger(), api_keys=line) as client:
        for path in ("/v1/projects", "/v1/vocabs"):
            refused = client.get(_ELSEWHERE + path, headers={"Authorization": ""})
            assert refused.status_code == 401 and "http://NAME:KEY@HOST/v1/" in refused.json()["detail"]
            assert "www-authenticate" not in refused.headers
            assert client.get(_ELSEWHERE + path, headers=_basic("ada", key)).status_code == 200
        wrong = client.get("/v1/projects", headers=_basic("ada", "wrong"))
        assert wrong.status_code == 401 and "www-authenticate" not in wrong.headers
        assert client.post("/v1/projects/areas/learn", json=[], headers=_basic("ada", key)).status_code == 403
        assert client.get(_ELSEWHERE + "/model", headers=_basic("ada", key)).status_code == 401
        assert client.get(_ELSEWHERE + "/v1/", headers={"Authorization": ""}).status_code == 200


def test_a_browser_does_not_lend_its_password_to_other_sites(serve: Serve) -> None:
    """A form of any page would be sent with a password that the browser remembers; no page sends a token of others."""
    other = {"Origin": "https://papers.example"}
    with serve(FakeTagger()) as client:
        for path, content in ((_SUGGEST, {"data": _TEXT}), ("/v1/projects/areas/learn", {"json": []})):
            refused = client.post(path, headers={**other, **_basic("ada", ADMIN_KEY)}, **content)
            assert refused.status_code == 403 and "another origin" in refused.json()["detail"]
            assert client.post(path, headers=other, **content).status_code < 300
            assert client.post(path, headers=_basic("ada", ADMIN_KEY), **content).status_code < 300
        assert client.post(_SUGGEST, data=_TEXT, headers={**other, "Authorization": ""}).status_code == 403
    with serve(FakeTagger(), cors_origins="https://papers.example") as client:
        assert client.post(_SUGGEST, data=_TEXT, headers={**other, **_basic("ada", ADMIN_KEY)}).status_code == 200
