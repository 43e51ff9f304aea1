"""POST /tag, in one process with the fake tagger."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from data.text import TEXT_CHARACTERS
from model.explain import MOST_SENTENCES
from serving.http import metrics
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger


def test_tag_answers_in_the_order_of_the_papers(client: TestClient) -> None:
    """One result a paper, with its id, its areas and the one model."""
    papers = [{"id": f"p{n}", "title": "We segment." if n % 3 else "We translate."} for n in range(256)]
    answer = client.post("/tag", json={"papers": papers}).json()
    assert answer["model"] == "fake-1"
    assert [result["id"] for result in answer["results"]] == [paper["id"] for paper in papers]
    found = [result["areas"][0]["id"] for result in answer["results"]]
    assert found == ["vision/segmentation" if n % 3 else "language/translation" for n in range(256)]
    assert {result["model"] for result in answer["results"]} == {"fake-1"}


def test_a_record_has_the_keys_of_a_label_record(client: TestClient) -> None:
    """Optional keys are absent when they were not asked for."""
    (result,) = client.post("/tag", json={"papers": [{"abstract": "Nothing known."}]}).json()["results"]
    assert set(result) == {"id", "title", "areas", "fields", "abstained", "warnings", "model"}
    assert result["abstained"] is True
    assert result["id"].startswith("sha1:")


def test_null_means_absent_and_further_fields_are_ignored(client: TestClient) -> None:
    """A record of a repository can be posted as it is, with a number as its id."""
    paper = {"id": 17, "title": None, "abstract": "We segment.", "categories": ["cs.CV"], "venue": None}
    body = {"papers": [paper], "top_k": None, "threshold": None, "areas": None}
    (result,) = client.post("/tag", json=body).json()["results"]
    assert result["id"] == "17"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["vision/segmentation", "vision/3d"]),
        ({"top_k": 1}, ["vision/segmentation"]),
        ({"top_k": 2.0}, ["vision/segmentation", "vision/3d"]),
        ({"threshold": 0.95}, []),
        ({"min_precision": 0.95}, []),
        ({"min_precision": 0, "threshold": None}, ["vision/segmentation", "vision/3d", "language/translation"]),
        ({"threshold": 0}, ["vision/segmentation", "vision/3d", "language/translation"]),
        ({"areas": ["vision/3d", "vision/3d"]}, ["vision/3d"]),
    ],
)
def test_options_apply(client: TestClient, options: dict[str, object], expected: list[str]) -> None:
    """top_k caps, threshold and min_precision replace the areas' own, areas restricts."""
    body = {"papers": [{"title": "We segment depth."}], **options}
    (result,) = client.post("/tag", json=body).json()["results"]
    assert [area["id"] for area in result["areas"]] == expected


def test_two_kinds_of_threshold_exclude_each_other(client: TestClient) -> None:
    """The error names both."""
    body = {"papers": [{"title": "We segment."}], "threshold": 0.5, "min_precision": 0.9}
    answer = client.post("/tag", json=body)
    assert answer.status_code == 400 and "threshold and min_precision exclude each other" in answer.text


def test_explain_adds_evidence(client: TestClient) -> None:
    """Each returned area comes with its sentences."""
    body = {"papers": [{"title": "We segment."}, {"title": "Nothing."}], "explain": True}
    first, second = client.post("/tag", json=body).json()["results"]
    assert first["evidence"] == {"vision/segmentation": [{"sentence": "We segment.", "drop": 0.8}]}
    assert second["evidence"] == {}


def test_an_explained_paper_waits_as_the_papers_it_is_encoded_as(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once whole and once without each sentence, of which there are at most 24: so many places it takes."""
    waiting: list[float] = []
    monkeypatch.setattr(metrics.WAITING, "set", waiting.append)
    papers = [{"title": "We segment."}, {"title": "Depth"}]
    with serve(FakeTagger()) as client:
        for explain in (False, True):
            assert client.post("/tag", json={"papers": papers, "explain": explain}).status_code == 200
    assert waiting == [2, 0, 2 * (1 + MOST_SENTENCES), 0]


def test_long_text_is_cut_with_a_warning(client: TestClient) -> None:
    """What lies beyond the limit is not read, and the result says so, in the words of `areatag label`."""
    limit = TEXT_CHARACTERS
    body = {"papers": [{"title": "x" * (limit + 1), "abstract": "x" * limit + "segment"}, {"title": "y" * limit}]}
    first, second = client.post("/tag", json=body).json()["results"]
    assert first["warnings"] == [
        f"the title was cut to {limit} characters; it has {limit + 1}",
        f"the abstract was cut to {limit} characters; it has {limit + 7}",
    ]
    assert first["abstained"] is True
    assert second["warnings"] == []


def test_a_text_is_read_from_its_first_character_on(client: TestClient) -> None:
    """Blanks and control characters before it do not use up the limit."""
    body = {"papers": [{"title": " \u0000" * 100_000 + "segment"}]}
    (result,) = client.post("/tag", json=body).json()["results"]
    assert result["areas"][0]["id"] == "vision/segmentation"
    assert result["warnings"] == []


@pytest.mark.parametrize("title", ["N/A", "<p></p>", "-", "\u200b", "\x7f"])
def test_a_title_without_any_text_is_answered(client: TestClient, title: str) -> None:
    """What is no text gets no areas; it is no fault of the service."""
    answer = client.post("/tag", json={"papers": [{"title": title}]})
    assert answer.status_code == 200 and answer.json()["results"][0]["abstained"] is True


def test_unknown_fields_with_text_get_a_warning(client: TestClient) -> None:
    """A text under another name is not ignored in silence; other fields of a record are no matter."""
    fields = {
        "Abstract": "We segment.",
        "summary": "We segment.",
        "notes": "many words " * 30,
        "year": 2020,
        "doi": "1",
    }
    (result,) = client.post("/tag", json={"papers": [{"title": "Geese", **fields}]}).json()["results"]
    assert result["warnings"] == [
        f"the field {name!r} is not read; send its text as 'abstract'" for name in ("Abstract", "summary", "notes")
    ]


def test_repeated_ids_get_a_warning(client: TestClient) -> None:
    """Both papers are tagged."""
    body = {"papers": [{"id": "a", "title": "One"}, {"id": "a", "title": "Two"}]}
    first, second = client.post("/tag", json=body).json()["results"]
    assert first["warnings"] == []
    assert second["warnings"] == ["an earlier paper of this call has the same id"]
