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
from serving.worker.review_queue import ReviewQueue
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import TAXONOMY, FakeTagger
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


def test_papers_of_the_call_are_offered(client: TestClient) -> None:
    """With every area that may apply, what became of the others, and nothing kept of them."""
    papers = [{"id": paper.id, "title": paper.title, "abstract": paper.abstract} for paper in PAPERS]
    answer = client.post("/review", json={"papers": papers, "n": 1}).json()
    assert (answer["candidates"], answer["considered"], answer["unanswerable"], answer["labelled"]) == (2, 2, 1, 0)
    (first,) = answer["papers"]
    assert first["content"] and {question["id"] for question in first["questions"]} == set(TAXONOMY.area_ids)
    client.post("/feedback", json={"labels": [{"paper": papers[0], "areas": []}]})
    again = client.post("/review", json={"papers": papers}).json()
    assert [paper["id"] for paper in again["papers"]] == ["depth"] and again["labelled"] == 1
    assert client.get("/review").json()["candidates"] == 0
    bodies: tuple[dict[str, object], ...] = (
        {},
        {"papers": []},
        {"papers": papers, "n": 101},
        {"papers": papers, "m": 1},
    )
    for body in bodies:
        assert client.post("/review", json=body).status_code == 400


def test_labels_that_are_probably_wrong(client: TestClient) -> None:
    """A paper with all that is suspected of it, its label as it is, and whether the model learned from it."""
    assert client.get("/review/errors").json()["papers"] == []
    right = [Paper(f"r{number}", f"Cells that we segment {number}", ENGLISH) for number in range(6)]
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(paper, ("vision/segmentation",))) for paper in right])
        store.add([Decision(LabelledPaper(PAPERS[0], ("vision/3d",), ("vision/segmentation",)))])
    answer = client.get("/review/errors").json()
    assert (answer["labelled"], answer["checked"], answer["learned"]) == (7, 7, 0)
    (paper,) = answer["papers"]
    assert (paper["id"], paper["areas"], paper["not"], paper["complete"]) == (
        "seg",
        ["vision/3d"],
        ["vision/segmentation"],
        True,
    )
    assert [(error["name"], error["given"]) for error in paper["errors"]] == [("Segmentation", False), ("3D", True)]
    assert client.get("/review/errors", headers={"Authorization": ""}).status_code == 401
    assert client.get("/review/errors?n=0").status_code == 400


def test_without_the_training_packages_labels_that_calibrated_are_not_checked(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be easy to say that all of them are right."""

    def check(*_: object) -> None:
        raise ModuleNotFoundError(name="sklearn")

    monkeypatch.setattr(ReviewQueue, "check", check)
    answer = client.get("/review/errors")
    assert answer.status_code == 409 and "training packages" in answer.json()["error"]


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


def test_the_guides_of_what_is_asked_come_along(client: TestClient) -> None:
    """So that it does not matter which worker process is asked next; no paper is an example of what it is asked."""
    label = LabelledPaper(Paper("l", "Masks for every pixel", ENGLISH), ("vision/segmentation",))
    with LabelStore.open() as store:
        store.add([Decision(label)])
    given = [{"id": paper.id, "title": paper.title, "abstract": paper.abstract} for paper in PAPERS[:2]]
    answer = client.post("/review", json={"papers": given}).json()
    asked = {question["id"] for paper in answer["papers"] for question in paper["questions"]}
    assert {guide["id"] for guide in answer["guides"]} == asked and len(answer["guides"]) == len(asked)
    shown = [paper["id"] for guide in answer["guides"] for paper in guide["typical"]]
    shown += [paper["id"] for guide in answer["guides"] for one in guide["confusable"] for paper in one["near_misses"]]
    assert set(shown) == {"l"}
