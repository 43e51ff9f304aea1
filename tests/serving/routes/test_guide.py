"""GET /guide, in one process with the fake tagger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper, content_id
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger
from tests.training.curation.test_candidate_pool import ENGLISH


@pytest.fixture
def client(serve: Serve) -> Iterator[TestClient]:
    """A service with its own empty home."""
    with serve(FakeTagger()) as client:
        yield client


def test_an_area_with_its_papers_and_near_misses(client: TestClient) -> None:
    """From labels and from the papers of a review; without any there is the definition."""
    assert client.get("/guide?area=language/translation").json() == {
        "model": "fake-1",
        "id": "language/translation",
        "name": "Machine translation",
        "description": "Text to text.",
        "phrases": [],
        "typical": [],
        "confusable": [],
    }
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(Paper("l", "", ENGLISH), ("vision/segmentation",)))])
    given = {"id": "d", "title": "How deep is the sea? Depth from echoes", "abstract": ENGLISH}
    assert len(client.post("/review", json={"papers": [given]}).json()["papers"]) == 1
    guide = client.get("/guide?area=vision/segmentation").json()
    assert guide["typical"] == [{"id": "l", "content": content_id("", ENGLISH), "title": ENGLISH[:100]}]
    (sibling,) = guide["confusable"]
    depth = {"id": "d", "content": content_id(given["title"], ENGLISH), "title": given["title"]}
    assert (sibling["id"], sibling["near_misses"]) == ("vision/3d", [depth])


def test_an_unknown_area_and_no_key(client: TestClient) -> None:
    """The sentence proposes the nearest id."""
    answer = client.get("/guide?area=vision/segmentatio")
    assert answer.status_code == 404 and "vision/segmentation" in answer.json()["error"]
    assert client.get("/guide").status_code == 400
    assert client.get("/guide?area=vision/3d", headers={"Authorization": ""}).status_code == 401
