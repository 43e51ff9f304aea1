"""Bad, hostile and huge input: a clear 4xx, never a 5xx, and the service goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger

_JSON = {"Content-Type": "application/json"}


def _papers(rest: str = "", paper: str = '{"title":"x"}') -> bytes:
    return f'{{"papers":[{paper}]{rest}}}'.encode()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is not valid JSON at line 1 column 1"),
        (b'{"papers":', "The body is not valid JSON"),
        (b"\x00", "The body is not valid JSON"),
        (_papers(paper='{"title":"a\x00"}'), "The body is not valid JSON"),
        (b"\xff\xfe", "The body is not valid UTF-8 at byte 0"),
        (b'{"papers":[{"title":"\xc3("}]}', "The body is not valid UTF-8 at byte 21"),
        (b"[" * 200_000, "The body is nested too deeply"),
        (b'{"papers":' * 50_000, "The body is nested too deeply"),
        (_papers(',"top_k":' + "9" * 5000), "The body has a number with too many digits"),
        (_papers(',"threshold":NaN'), "The body contains NaN"),
        (_papers(',"threshold":-Infinity'), "The body contains -Infinity"),
        (_papers(',"threshold":1e999'), "threshold must be a finite number"),
        (_papers(',"threshold":1.01'), "threshold must be at most 1"),
        (_papers(',"threshold":-0.1'), "threshold must be at least 0"),
        (_papers(',"threshold":"0.5"'), "threshold must be a number"),
        (_papers(',"threshold":true'), "threshold must be a number"),
        (_papers(',"top_k":0'), "top_k must be at least 1"),
        (_papers(',"top_k":-' + "9" * 4000), "top_k must be at least 1"),
        (_papers(',"top_k":1.5'), "top_k must be a whole number"),
        (_papers(',"top_k":true'), "top_k must be a whole number"),
        (_papers(',"explain":1'), "explain must be true or false"),
        (_papers(',"explain":null'), "explain must be true or false"),
        (_papers(',"areas":[]'), "areas needs at least 1 item"),
        (_papers(',"areas":"vision/3d"'), "areas must be a list"),
        (_papers(',"areas":["vision/3d","vision/4d"]'), "areas[1] is 'vision/4d', which is no area"),
        (_papers(',"areas":["\\ud800"]'), "areas[0] has a lone surrogate"),
        (_papers(',"areas":["' + "v" * 201 + '"]'), "areas[0] has more than 200 characters"),
        (_papers(',"topk":1'), "topk is not known here"),
        (_papers(',"\\ud800":1'), "The body has a lone surrogate"),
        (_papers(paper='{"title":"a \\ud800"}'), "papers[0].title has a lone surrogate"),
        (_papers(',"top_k":1,"top_k":2'), "The body has an object that names the same key twice"),
        (_papers(paper='{"title":"a","title":"b"}'), "The body has an object that names the same key twice"),
        (b"null", "The body must be an object"),
        (b'"papers"', "The body must be an object"),
        (b"{}", "papers is missing"),
        (b'{"papers":{}}', "papers must be a list"),
        (b'{"papers":[]}', "papers needs at least 1 item"),
        (b'{"papers":[' + b'{"title":"x"},' * 256 + b'{"title":"x"}]}', "papers has more than 256 items"),
        (b'{"papers":[' + b"[]," * 1_000_000 + b"[]]}", "papers has more than 256 items"),
        (_papers(paper='"a title"'), "papers[0] must be an object"),
        (_papers(paper="null"), "papers[0] must be an object"),
        (_papers(paper='{"title":["x"]}'), "papers[0].title must be text"),
        (_papers(paper='{"title":"x","abstract":7}'), "papers[0].abstract must be text"),
        (_papers(paper='{"title":"x","id":{}}'), "papers[0].id must be text"),
        (_papers(paper='{"title":"x","id":true}'), "papers[0].id must be text"),
        (_papers(paper='{"title":"x","id":1.5}'), "papers[0].id must be text"),
        (_papers(paper='{"title":"x","id":"' + "i" * 501 + '"}'), "papers[0].id has more than 500 characters"),
        (_papers(paper='{"id":"a"}'), "papers[0] has neither a title nor an abstract"),
        (_papers(paper='{"title":" \\n","abstract":"\\u0000"}'), "papers[0] has neither a title nor"),
        (_papers(paper='{"title":"x"},{"title":null}'), "papers[1] has neither a title nor an abstract"),
    ],
)  # fmt: skip
def test_invalid_bodies_get_400_that_says_where(client: TestClient, body: bytes, sentence: str) -> None:
    """The sentence names the field and the paper's index; the detail lists what is wrong."""
    answer = client.post("/tag", content=body, headers=_JSON)
    assert answer.status_code == 400
    error = answer.json()
    assert error["error"].startswith(sentence)
    assert 1 <= len(error["detail"]) <= 20
    assert all(set(item) == {"field", "problem"} for item in error["detail"])


def test_the_sentence_counts_further_problems(client: TestClient) -> None:
    """The first problem in words, the others in the detail."""
    answer = client.post("/tag", json={"papers": [{"title": "x"}, {}, {"title": 3}], "top_k": 0}).json()
    assert answer["error"].endswith("There are 2 more problems; see detail.")
    assert [item["field"] for item in answer["detail"]] == ["papers[1]", "papers[2].title", "top_k"]


def test_explain_takes_at_most_eight_papers(client: TestClient) -> None:
    """More are refused, not silently left unexplained."""
    papers = [{"title": f"Paper {n}"} for n in range(9)]
    assert client.post("/tag", json={"papers": papers[:8], "explain": True}).status_code == 200
    answer = client.post("/tag", json={"papers": papers, "explain": True})
    assert answer.status_code == 400
    assert "at most 8" in answer.json()["error"]


@pytest.mark.parametrize(
    "text",
    ["\u0000 segment", "seg\u202ement \ufeff", "\U0001f9ec" * 5000, "x" * 1_000_000, "\x1b[31m", "'; --", "{{7*7}}"],
)
def test_odd_texts_are_tagged(client: TestClient, text: str) -> None:
    """Text is data: whatever it holds, it is tagged."""
    answer = client.post("/tag", json={"papers": [{"id": text[:500] or None, "title": text, "abstract": text}]})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
        ({"Content-Type": "Application/JSON"}, 200),
        ({}, 415),
        ({"Content-Type": "application/json; charset=latin-1"}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content-Type": "application/vnd.bentoml+pickle"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json", "Content-Length": "many"}, 400),
        ({"Content-Type": "application/json", "Content-Length": "9" * 5000}, 413),
    ],
)
def test_only_plain_json_is_read(client: TestClient, headers: dict[str, str], status: int) -> None:
    """Other media types, charsets and encodings are refused with a sentence that says what to send."""
    answer = client.post("/tag", content=_papers(), headers=headers)
    assert answer.status_code == status
    if status != 200:
        assert set(answer.json()) == {"error", "detail"}


@pytest.mark.parametrize("path", ["/tag", "/feedback", "/models", "/nothing", "/ui", "/readyz"])
def test_a_body_with_two_lengths_ends_the_connection(client: TestClient, path: str) -> None:
    """A proxy may see another end of it: what follows would be another request to it and to the service."""
    headers = {**_JSON, "Content-Length": "5", "Transfer-Encoding": "chunked"}
    answer = client.post(path, content=_papers(), headers=headers)
    assert (answer.status_code, answer.headers["connection"]) == (400, "close")
    assert set(answer.json()) == {"error", "detail"}


def test_a_body_over_the_limit_gets_413(serve: Serve) -> None:
    """Whether its length is declared or it comes in chunks."""

    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 1000

    with serve(FakeTagger(), max_body_bytes=2000) as client:
        fitting = _papers().ljust(2000)
        assert client.post("/tag", content=fitting, headers=_JSON).status_code == 200
        for body in (fitting + b" ", chunks()):
            answer = client.post("/tag", content=body, headers=_JSON)
            assert answer.status_code == 413
            assert answer.json()["error"] == "The body is longer than 2000 bytes; send fewer papers at once."
        assert client.post("/tag", content=fitting, headers=_JSON).status_code == 200


def test_bytes_held_for_all_calls_are_bounded(serve: Serve) -> None:
    """A body that does not fit beside the others is refused with 429, and what it held is let go."""
    with serve(FakeTagger(), max_held_bytes=3000) as client:
        body = json.dumps({"papers": [{"title": "x" * 4000}]})
        for _ in range(3):
            answer = client.post("/tag", content=body, headers=_JSON)
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) >= 1
        assert client.post("/tag", content=_papers(), headers=_JSON).status_code == 200
