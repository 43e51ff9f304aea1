"""Forms: the limits of JSON bodies, and nothing that is sent goes unseen."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger

_PATH = "/v1/projects/areas/suggest"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "text is missing"),
        (b"limit=3", "text is missing"),
        (b"text=snow&limit=", "limit must be a whole number"),
        (b"text=snow&limit=1.5", "limit must be a whole number"),
        (b"text=snow&limit=-1", "limit must be at least 0"),
        (b"text=snow&limit=" + b"9" * 5000, "limit must be a whole number of fewer digits"),
        (b"text=snow&threshold=much", "threshold must be a number"),
        (b"text=snow&threshold=1.01", "threshold must be at most 1"),
        (b"text=snow&threshold=nan", "threshold must be a"),
        (b"text=snow&threshold=inf", "threshold must be"),
        (b"text=snow&text=ice", "text is sent twice"),
        (b"text=%ff", "The body is no form in UTF-8"),
        (b"text=\xff", "The body is no form in UTF-8"),
        (b"text=snow" + b"&" * 8_000_000, "The body has more than 100 fields"),
        (b"text=snow&language=fi", "The language 'fi' is not supported"),
    ],
)  # fmt: skip
def test_a_wrong_form_is_refused_with_its_field(client: TestClient, body: bytes, sentence: str) -> None:
    """Status 400."""
    answer = client.post(_PATH, content=body, headers=_FORM)
    assert answer.status_code == 400 and answer.json()["detail"].startswith(sentence), answer.json()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}, 200),
        ({"Content-Type": "application/x-www-form-urlencoded; charset=latin-1"}, 415),
        ({"Content-Type": "application/json"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content-Type": ""}, 415),
        ({**_FORM, "Content-Encoding": "gzip"}, 415),
    ],
)
def test_the_declared_type_counts(client: TestClient, headers: dict[str, str], status: int) -> None:
    """As it does for JSON."""
    assert client.post(_PATH, content=b"text=We+segment", headers=headers).status_code == status


def test_a_form_over_the_limit_gets_413(serve: Serve) -> None:
    """Whether its length is declared or it comes in chunks."""

    def chunks() -> Iterator[bytes]:
        yield b"text="
        for _ in range(100):
            yield b"snow" * 100

    with serve(FakeTagger(), max_body_bytes=2048) as client:
        assert client.post(_PATH, data={"text": "x" * 2000}).status_code == 200
        assert client.post(_PATH, data={"text": "x" * 3000}).status_code == 413
        assert client.post(_PATH, content=chunks(), headers=_FORM).status_code == 413


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_any_text_is_answered(client: TestClient, text: str, encoded: bool) -> None:
    """Encoded as browsers do, or typed into a command line; a form cannot hold what is no text."""
    body = urlencode({"text": text}).encode() if encoded else b"text=" + text.replace("&", "").encode()
    assert client.post(_PATH, content=body, headers=_FORM).status_code == 200


def test_what_an_unencoded_ampersand_cuts_off_is_named(client: TestClient) -> None:
    """A text that was not encoded is shorter than its sender thinks."""
    answer = client.post(_PATH, content=b"text=We segment snow & ice", headers=_FORM).json()
    assert answer["warnings"] == ["the field ' ice' is not read"]
