"""GET /review, in one process with the fake tagger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from data.tagged_papers import remember
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger
from tests.training.curation.test_candidate_pool import ENGLISH, GERMAN

PAPERS = [
    Paper("seg", "How we segment whales in pictures", ENGLISH),
    Paper("depth", "Depth of the sea from songs", ENGLISH),
    Paper("foreign", "Segment", GERMAN),
]


@pytest.fixture
def tagger() -> FakeTagger:
    """Counts what it is asked."""
    return FakeTagger()


@pytest.fixture
def client(serve: Serve, tagger: FakeTagger) -> Iterator[TestClient]:
    """A service with its own empty home."""
    with serve(tagger) as client:
        tagger.batches.clear()
        yield client


def test_what_is_kept_and_not_labelled_is_offered(client: TestClient, tagger: FakeTagger) -> None:
    """Cached papers and those with an incomplete label, with guesses and a reason; each is looked at once."""
    assert client.get("/review").json()["papers"] == []
    remember(PAPERS, 10)
    partial = Paper("partial", "Translating songs", ENGLISH)
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(partial, (), ("vision/3d",), complete=False))])
    answer = client.get("/review").json()
    assert (answer["model"], answer["candidates"], answer["considered"]) == ("fake-1", 3, 3)
    assert {paper["id"] for paper in answer["papers"]} == {"seg", "depth", "partial"}
    first = answer["papers"][0]
    assert first["abstract"] == ENGLISH and first["reason"].endswith(".") and len(first["guesses"]) == 3
    assert client.get("/review?n=1").json()["papers"] == [first]
    assert sum(tagger.batches) == 3
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(PAPERS[0], ("vision/segmentation",)))])
    assert {paper["id"] for paper in client.get("/review").json()["papers"]} == {"depth", "partial"}


@pytest.mark.parametrize("count", ["0", "101", "x", "1e1", "", "²"])
def test_a_wrong_number_is_refused(client: TestClient, count: str) -> None:
    """Status 400 with the name of the parameter."""
    answer = client.get("/review", params={"n": count})
    assert answer.status_code == 400
    assert answer.json()["error"] == "n must be a whole number from 1 to 100."


def test_papers_of_others_need_a_key(client: TestClient) -> None:
    """Also on a loopback address."""
    assert client.get("/review", headers={"Authorization": ""}).status_code == 401


def test_a_failing_cache_is_503_without_paths(client: TestClient, own_home: Path) -> None:
    """The client hears nothing of the folders here."""
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "tagged-papers.db").write_text("no database at all\n" * 100)
    answer = client.get("/review")
    assert answer.status_code == 503 and answer.headers["retry-after"]
    assert str(own_home) not in answer.text


def test_undo_names_who_withdraws(client: TestClient) -> None:
    """The history says who took a label back."""
    paper = {"id": "1", "title": "We segment."}
    client.post("/feedback", json={"labels": [{"paper": paper, "areas": []}]})
    assert client.delete("/feedback/1", params={"annotator": "x" * 201}).status_code == 400
    assert client.delete("/feedback/1", params={"annotator": "ada"}).json() == {"entry": 2, "undoes": 1}
    with LabelStore.open() as store:
        assert [entry.annotator for entry in store.history("1")] == ["", "ada"]
