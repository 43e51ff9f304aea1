"""POST /feedback and DELETE /feedback/{entry}, in one process with the fake tagger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger

PAPER = {"id": "p1", "title": "We segment depth."}
STORED = Paper("p1", "We segment depth.")


@pytest.fixture
def labels(serve: Serve) -> Iterator[TestClient]:
    """A service with its own empty home."""
    with serve(FakeTagger()) as client:
        yield client


def _label(**fields: object) -> dict[str, object]:
    return {"labels": [{"paper": PAPER, "areas": [], **fields}]}


def test_a_label_is_stored_and_wins(labels: TestClient, own_home: Path) -> None:
    """Another process sees it when the call has answered; tagging the paper again confirms it; undo takes it back."""
    assert not own_home.exists() or not (own_home / "labels.db").exists()
    body = _label(areas=["language/translation"], complete=False, annotator="ada", **{"not": ["vision/3d"]})
    answer = labels.post("/feedback", json=body)
    assert (answer.status_code, answer.json()) == (200, {"stored": 1, "entries": [1]})
    with LabelStore.open() as store:
        assert store.current(STORED) == LabelledPaper(STORED, ("language/translation",), ("vision/3d",), False)
        (entry,) = store.history("p1")
        assert (entry.annotator, entry.model) == ("ada", "fake-1")
    (result,) = labels.post("/tag", json={"papers": [{**PAPER, "id": "other"}]}).json()["results"]
    assert [(area["id"], area.get("confirmed")) for area in result["areas"]] == [
        ("language/translation", True),
        ("vision/segmentation", None),
    ]
    assert labels.delete("/feedback/1").json() == {"entry": 2, "undoes": 1}
    (result,) = labels.post("/tag", json={"papers": [PAPER]}).json()["results"]
    assert [area["id"] for area in result["areas"]] == ["vision/segmentation", "vision/3d"]
    again = labels.delete("/feedback/1")
    assert again.status_code == 409 and "withdrawn already" in again.json()["error"]
    assert labels.delete("/feedback/77").status_code == 404
    assert labels.delete(f"/feedback/{10**30}").status_code == 404


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"labels": []}, "labels needs at least 1 item"),
        (_label(areas=["vision/3D"]), r"labels\[0\]\.areas\[0\] is 'vision/3D', which is no area"),
        (_label(**{"not": ["x"]}), r"labels\[0\]\.not\[0\] is 'x'"),
        (_label(areas=["vision/3d"], **{"not": ["vision/3d"]}), r"labels\[0\] names 'vision/3d' in both"),
        (_label(complete="no"), r"labels\[0\]\.complete must be true or false"),
        ({"labels": [{"paper": {"id": "1"}, "areas": []}]}, r"labels\[0\]\.paper has neither a title"),
        ({"labels": [{"paper": PAPER}]}, r"labels\[0\]\.areas is missing"),
        ([], "The body must be an object"),
    ],
)
def test_a_wrong_label_is_refused_with_its_place(client: TestClient, body: object, message: str) -> None:
    """Status 400, and nothing of the call is stored."""
    answer = client.post("/feedback", json=body)
    assert answer.status_code == 400
    assert re.match(message, answer.json()["error"]), answer.json()
    with LabelStore.open() as store:
        assert store.counts() == (0, 0)


def test_a_failing_store_is_503_and_tagging_goes_on(labels: TestClient, own_home: Path) -> None:
    """The client is told that nothing was stored, without paths; results say that labels were not considered."""
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "labels.db").write_text("no database at all\n" * 100)
    answer = labels.post("/feedback", json=_label())
    assert answer.status_code == 503 and answer.headers["retry-after"]
    assert "nothing was stored" in answer.json()["error"] and str(own_home) not in answer.text
    (result,) = labels.post("/tag", json={"papers": [PAPER]}).json()["results"]
    assert result["areas"] and "label store could not be read" in result["warnings"][0]


def test_a_forgotten_paper_is_409(labels: TestClient) -> None:
    """Its labels are not taken again."""
    labels.post("/feedback", json=_label())
    with LabelStore.open() as store:
        store.forget("p1")
    answer = labels.post("/feedback", json=_label())
    assert answer.status_code == 409 and "was forgotten" in answer.json()["error"]


def test_the_history_names_what_can_be_undone(labels: TestClient, own_home: Path) -> None:
    """Of one paper, or the latest of all; what is withdrawn is marked. Asking makes no store."""
    assert labels.get("/feedback").json() == {"entries": []}
    assert not (own_home / "labels.db").exists()
    labels.post("/feedback", json=_label(areas=["vision/3d"], complete=False, annotator="ada"))
    labels.post("/feedback", json={"labels": [{"paper": {"id": "p2", "title": "We translate."}, "areas": []}]})
    labels.delete("/feedback/1?annotator=bo")
    entries = labels.get("/feedback", params={"paper": "p1"}).json()["entries"]
    assert [(row["entry"], row["annotator"], row["undoes"], row["withdrawn"]) for row in entries] == [
        (1, "ada", None, True),
        (3, "bo", 1, False),
    ]
    assert entries[0]["paper"] == {"id": "p1", "title": "We segment depth.", "abstract": ""}
    assert (entries[0]["areas"], entries[0]["not"], entries[0]["complete"]) == (["vision/3d"], [], False)
    assert [row["entry"] for row in labels.get("/feedback?n=2").json()["entries"]] == [2, 3]
    assert labels.get("/feedback?paper=p9").json() == {"entries": []}
    assert labels.get("/feedback?n=0").status_code == 400
