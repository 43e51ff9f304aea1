"""Learning through Annif's interface: labels in the label store."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from tests.serving.conftest import ADMIN_KEY, Serve
from tests.serving.fake_tagger import FakeTagger

_JSON = {"Content-Type": "application/json"}  # written here: httpx encodes no lone surrogate
_LEARN = "/v1/projects/areas/learn"
_TEXT = "Counting snow\nWe segment pictures of the sky."
_SUBJECT = {"uri": "urn:areatag:language/translation", "label": "Translation"}


@pytest.fixture
def labels(serve: Serve) -> Iterator[TestClient]:
    """A service with its own empty home."""
    with serve(FakeTagger()) as client:
        yield client


def test_a_text_is_learned_as_a_complete_label(labels: TestClient) -> None:
    """Durably, by whoever holds the key; it wins at once, in Annif's interface and in `POST /tag`."""
    headers = {"Authorization": "Basic " + b64encode(f"ada:{ADMIN_KEY}".encode()).decode()}
    document = {"text": _TEXT, "subjects": [_SUBJECT, _SUBJECT], "document_id": "p1"}
    answer = labels.post(_LEARN, json=[document], headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    paper = Paper("p1", "Counting snow", "We segment pictures of the sky.")
    with LabelStore.open() as store:
        assert store.current(paper) == LabelledPaper(paper, ("language/translation",), (), True)
        (entry,) = store.history("p1")
        assert (entry.annotator, entry.model) == ("ada", "fake-1")
    (suggestion,) = labels.post("/v1/projects/areas/suggest", data={"text": _TEXT}).json()["results"]
    assert (suggestion["uri"], suggestion["score"]) == (_SUBJECT["uri"], 1.0)
    tagged = labels.post("/tag", json={"papers": [{"title": paper.title, "abstract": paper.abstract}]})
    assert [area["id"] for area in tagged.json()["results"][0]["areas"]] == ["language/translation"]


def test_no_subject_says_that_none_fits(labels: TestClient) -> None:
    """And a bearer token names its holder by its hash."""
    assert labels.post(_LEARN, json=[{"text": _TEXT, "subjects": [], "document_id": "p1"}]).status_code == 204
    assert labels.post("/v1/projects/areas/suggest", data={"text": _TEXT}).json() == {"results": []}
    with LabelStore.open() as store:
        assert store.history("p1")[0].annotator.startswith("key ")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "The body must be a list"),
        ([{}], "[0].text is missing. [0].subjects is missing."),
        ([{"text": "x", "subjects": [{"label": "Translation"}]}], "[0].subjects[0].uri is missing"),
        ([{"text": " \n", "subjects": []}], "[0] has no text to learn from"),
        ([{"text": _TEXT, "subjects": [{}]}], "[0].subjects[0].uri is missing"),
        ([{"text": _TEXT, "subjects": [_SUBJECT]}, {"text": _TEXT, "subjects": "x"}], "[1].subjects must be a list"),
        (
            [{"text": _TEXT, "subjects": [_SUBJECT, {"uri": "urn:areatag:vision/3D"}]}],
            "[0].subjects[1].uri is 'urn:areatag:vision/3D', which is no area's URI; suggestions have them "
            "(Did you mean 'urn:areatag:vision/3d'?).",
        ),
        ([{"text": _TEXT, "subjects": []}] * 257, "The body has more than 256 items"),
        ([{"text": "a\ud800", "subjects": []}], "[0].text has a lone surrogate"),
        ([{"text": _TEXT, "subjects": [{"uri": "\ud800"}]}], "[0].subjects[0].uri has a lone surrogate"),
    ],
)
def test_what_cannot_be_learned_is_refused_whole(client: TestClient, body: object, sentence: str) -> None:
    """Annif would leave out what it does not know; a complete label without it would say that it does not apply."""
    answer = client.post(_LEARN, content=json.dumps(body), headers=_JSON)
    assert answer.status_code == 400 and answer.json()["detail"].startswith(sentence), answer.json()
    with LabelStore.open() as store:
        assert store.counts() == (0, 0)


def test_nothing_to_learn_is_done_at_once(client: TestClient) -> None:
    """As in Annif."""
    assert client.post(_LEARN, json=[]).status_code == 204


def test_a_forgotten_paper_is_not_learned_again(labels: TestClient) -> None:
    """Status 409, as of `POST /feedback`."""
    document = {"text": _TEXT, "subjects": [], "document_id": "p1"}
    labels.post(_LEARN, json=[document])
    with LabelStore.open() as store:
        store.forget("p1")
    assert labels.post(_LEARN, json=[document]).status_code == 409
