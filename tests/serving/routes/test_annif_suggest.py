"""Suggestions through Annif's interface."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from model.tags import TagResult
from serving.routes.annif_documents import paper_of, title_and_abstract
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger

_JSON = {"Content-Type": "application/json"}  # written here: httpx encodes no lone surrogate
_SUGGEST = "/v1/projects/areas/suggest"
_BATCH = "/v1/projects/areas/suggest-batch"
_LINE = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=300)


@given(_LINE, _LINE, st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\u2028", " \n \n"]))
def test_a_first_line_followed_by_text_is_the_title(title: str, abstract: str, between: str) -> None:
    """Whatever ends the line; blank lines around it do not count."""
    assert title_and_abstract(f"\n {title}{between}{abstract}\n") == (title, abstract)


@given(st.text())
def test_nothing_of_a_text_is_lost(text: str) -> None:
    """All but blanks is in the title or in the abstract."""
    assert "".join("".join(title_and_abstract(text)).split()) == "".join(text.split())


def test_one_line_is_a_title_unless_it_is_a_paragraph() -> None:
    """Texts of a title alone have a calibration of their own."""
    assert title_and_abstract("Counting snow") == ("Counting snow", "")
    paragraph = "We count snow. " * 40
    assert title_and_abstract(paragraph) == ("", paragraph.strip())
    assert title_and_abstract(f"{paragraph}\nMore.")[0] == ""


def test_a_title_apart_leaves_the_text_to_the_abstract() -> None:
    """As it comes in the metadata of a document; an empty one says nothing."""
    assert (paper_of("One\nTwo", "Zero").title, paper_of("One\nTwo", "Zero").abstract) == ("Zero", "One\nTwo")
    assert paper_of("One\nTwo", " ").title == "One"


def test_suggestions_are_a_ranking(client: TestClient) -> None:
    """All areas down to the threshold, which is 0, and ten of them, unless the client says otherwise."""
    results = client.post(_SUGGEST, data={"text": "We segment depth."}).json()
    assert results.keys() == {"results"}
    first, second, third = results["results"]
    assert first == {
        "uri": "urn:areatag:vision/segmentation",
        "label": "Segmentation",
        "notation": None,
        "score": pytest.approx(0.9),
    }
    assert (second["uri"], third["score"]) == ("urn:areatag:vision/3d", pytest.approx(0.1))
    for options, count in (({"limit": 1}, 1), ({"limit": 0}, 0), ({"threshold": 0.5}, 2), ({"language": "en"}, 3)):
        assert len(client.post(_SUGGEST, data={"text": "We segment depth.", **options}).json()["results"]) == count
        batch = client.post(_BATCH, json={"documents": [{"text": "We segment depth."}]}, params=options).json()
        assert len(batch[0]["results"]) == count


def finnish() -> FakeTagger:
    """A tagger whose vocabulary is Finnish, with some names in other languages."""
    tagger = FakeTagger()
    vision, language = tagger.taxonomy.fields
    names = (("de", "Segmentierung"), ("en", "Segmentation"))
    areas = (replace(vision.areas[0], name="Segmentointi", names=names), *vision.areas[1:])
    fields = (replace(vision, areas=areas), language)
    tagger.taxonomy = replace(tagger.taxonomy, fields=fields, language="fi")
    tagger.artefact.taxonomy = tagger.taxonomy
    return tagger


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("", "Segmentointi"), ("fi", "Segmentointi"), ("de", "Segmentierung"), ("DE", "Segmentierung"),
        ("de-AT", "Segmentierung"), ("en", "Segmentation"), ("sv", None), ("d", None), ("-", None),
    ],
)  # fmt: skip
def test_labels_come_in_a_language_of_the_vocabulary(serve: Serve, language: str, label: str | None) -> None:
    """The vocabulary's own where none is asked for; another than it has is refused, as by Annif."""
    with serve(finnish()) as client:
        (project, *_) = client.get("/v1/projects").json()["projects"]
        assert (project["vocab"]["languages"], project["vocab_language"]) == (["fi", "de", "en"], "fi")
        form = client.post(_SUGGEST, data={"text": "We segment.", "language": language, "limit": 1})
        documents = {"documents": [{"text": "We segment."}]}
        batch = client.post(_BATCH, json=documents, params={"language": language, "limit": 1})
        enum = client.get("/docs.json").json()["components"]["schemas"]["SuggestForm"]["properties"]["language"]["enum"]
    assert enum == ["fi", "de", "en", ""]
    if label is None:
        assert form.status_code == batch.status_code == 400
        assert form.json()["detail"].endswith("its labels are in 'fi', 'de', 'en'.")
    else:
        assert form.json()["results"][0]["label"] == batch.json()[0]["results"][0]["label"] == label


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"text": ""}, 200), ({"text": " \n"}, 200), ({"limit": "3"}, 400), ({"text": "x", "limit": "-1"}, 400),
        ({"text": "x", "limit": "many"}, 400), ({"text": "x", "threshold": "1.5"}, 400),
        ({"text": "x", "threshold": "-0.1"}, 400), ({"text": "x", "metadata_title": ""}, 200),
    ],
)  # fmt: skip
def test_forms_are_answered_as_by_annif(client: TestClient, data: dict[str, str], status: int) -> None:
    """An empty text gets no areas, a missing one and limits that are none are refused."""
    answer = client.post(_SUGGEST, data=data)
    assert answer.status_code == status
    if not data.get("text", "x").strip():
        assert answer.json()["results"] == []
    if status == 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"title", "status", "detail"} <= answer.json().keys()


def test_a_batch_keeps_order_and_ids(client: TestClient) -> None:
    """A document without an id has null, one without text no areas."""
    documents = [
        {"text": "We segment.", "document_id": "a"},
        {"text": " \n", "document_id": "b"},
        {"text": "We translate.", "metadata": {"title": "On depth", "shelf": "3"}},
    ]
    first, empty, third = client.post(_BATCH, json={"documents": documents}, params={"threshold": 0.5}).json()
    assert [item["uri"] for item in first["results"]] == ["urn:areatag:vision/segmentation"]
    assert empty == {"document_id": "b", "results": [], "warnings": ["the document has no text"]}
    assert {item["label"] for item in third["results"]} == {"3D", "Machine translation"}
    assert (first["document_id"], third["document_id"]) == ("a", None)
    assert client.post(_BATCH, json={"documents": []}).json() == []


@pytest.mark.parametrize(
    ("body", "params", "sentence"),
    [
        ({}, {}, "documents is missing"),
        ([], {}, "The body must be an object"),
        ({"documents": [{"text": "x"}] * 33}, {}, "documents has more than 32 items"),
        ({"documents": [{}]}, {}, "documents[0].text is missing"),
        ({"documents": [{"text": 3}]}, {}, "documents[0].text must be text"),
        ({"documents": [{"text": "x", "document_id": 3}]}, {}, "documents[0].document_id must be text"),
        ({"documents": [{"text": "x", "metadata": {"title": 3}}]}, {}, "documents[0].metadata.title must be text"),
        ({"documents": [{"text": "\ud800"}]}, {}, "documents[0].text has a lone surrogate"),
        ({"documents": [{"text": "x", "document_id": "\ud800"}]}, {}, "documents[0].document_id has a lone surrogate"),
        ({"documents": []}, {"limit": "many"}, "limit must be a whole number"),
        ({"documents": []}, {"threshold": "2"}, "threshold must be at most 1"),
        ({"documents": []}, {"threshold": "nan"}, "threshold must be"),
        ({"documents": []}, {"language": "fi"}, "The language 'fi' is not supported"),
    ],
)
def test_a_wrong_batch_is_refused(client: TestClient, body: object, params: dict[str, str], sentence: str) -> None:
    """Status 400, with its place."""
    answer = client.post(_BATCH, content=json.dumps(body), headers=_JSON, params=params)
    assert answer.status_code == 400 and answer.json()["detail"].startswith(sentence), answer.json()


def test_why_there_are_no_areas_is_said(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients of Annif read `results` only; others find the warning of the model, and a cut."""
    tagger = FakeTagger()

    def warned(*_: object) -> TagResult:
        return TagResult("a", "Soup", (), (), True, ("no areas are given: the text is unlike papers",), "fake-1")

    monkeypatch.setattr(tagger, "_result", warned)
    with serve(tagger) as client:
        answer = client.post(_SUGGEST, data={"text": "Soup\n" + "Peel the onions. " * 2000}).json()
    assert answer["results"] == [] and len(answer["warnings"]) == 2


def test_too_much_work_is_refused_as_by_tag(serve: Serve) -> None:
    """The texts wait in the same queue."""
    with serve(FakeTagger(), max_queue_seconds="0.000001") as client:
        client.post(_SUGGEST, data={"text": "We segment."})
        service = client.app.state.service  # type: ignore[attr-defined]  # the app is FastAPI's
        service.waiting.take(1)
        refused = client.post(_SUGGEST, data={"text": "We segment."})
    assert refused.status_code == 429 and refused.headers["retry-after"]
