"""Areas of a vocabulary in the answers of the service: URIs, notations, languages and crosswalks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from data.taxonomy import Area, Field, Taxonomy
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger

BASE = "http://vocabulary.example/"
PAPER = {"id": "p", "title": "Segmenting whales", "abstract": "We segment pictures of whales from the air."}


def vocabulary(taxonomy: Taxonomy) -> Taxonomy:
    """The taxonomy as one of a vocabulary, but for one area that has no URI."""

    def area(number: int, one: Area) -> Area:
        if number == 1:
            return one
        names = (("de", f"{one.name} auf Deutsch"),)
        return replace(one, uri=f"{BASE}{number}", notation=str(number), names=names, close_match=(f"{BASE}close",))

    def field(one: Field) -> Field:
        areas = tuple(area(taxonomy.index(each.id), each) for each in one.areas)
        return replace(one, areas=areas, uri=f"{BASE}{one.id}", names=(("de", f"{one.name} auf Deutsch"),))

    return replace(taxonomy, fields=tuple(field(one) for one in taxonomy.fields))


def tagger_of_a_vocabulary() -> FakeTagger:
    """A tagger with such a taxonomy."""
    tagger = FakeTagger()
    tagger.taxonomy = tagger.artefact.taxonomy = vocabulary(tagger.taxonomy)
    return tagger


@pytest.fixture(scope="module")
def client(serve: Serve) -> Iterator[TestClient]:
    """The service with a model of a vocabulary."""
    with serve(tagger_of_a_vocabulary()) as client:
        yield client


def test_answers_have_uri_and_notation(client: TestClient) -> None:
    """Where the taxonomy has them; names are the usual ones."""
    (result,) = client.post("/tag", json={"papers": [PAPER], "threshold": 0}).json()["results"]
    areas = {area["id"]: area for area in result["areas"]}
    assert (areas["vision/segmentation"]["uri"], areas["vision/segmentation"]["notation"]) == (f"{BASE}0", "0")
    assert not {"uri", "notation"} & areas["vision/3d"].keys()
    assert {field["uri"] for field in result["fields"]} == {f"{BASE}vision", f"{BASE}language"}
    assert "crosswalk" not in result


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("de", "Segmentation auf Deutsch"),
        ("de-AT", "Segmentation auf Deutsch"),
        ("sv", "Segmentation"),
        ("", "Segmentation"),
    ],
)
def test_names_in_a_language(client: TestClient, language: str, name: str) -> None:
    """Of POST /tag and GET /areas; where there is none, it is the usual one."""
    query = {"language": language}
    (result,) = client.post("/tag", json={"papers": [PAPER]}, params=query).json()["results"]
    assert result["areas"][0]["name"] == name
    assert client.get("/areas", params=query).json()["fields"][0]["areas"][0]["name"] == name


def test_a_language_is_a_short_text(client: TestClient) -> None:
    """Anything longer is refused."""
    assert client.get("/areas", params={"language": "x" * 36}).status_code == 400


def test_a_crosswalk_on_request(client: TestClient) -> None:
    """Of the areas of an answer; those without any are not in it."""
    body = {"papers": [PAPER], "threshold": 0, "crosswalk": True}
    (result,) = client.post("/tag", json=body).json()["results"]
    assert result["crosswalk"] == {
        area: {"close_match": [f"{BASE}close"]} for area in ("vision/segmentation", "language/translation")
    }


def test_a_curators_area_has_them_as_well(serve: Serve) -> None:
    """A confirmed area is described as a predicted one."""
    labels = [{"paper": PAPER, "areas": ["language/translation"]}]
    body = {"papers": [PAPER], "crosswalk": True}
    with serve(tagger_of_a_vocabulary()) as client:
        assert client.post("/feedback", json={"labels": labels}).is_success
        (result,) = client.post("/tag", json=body, params={"language": "de"}).json()["results"]
    first = result["areas"][0]
    assert (first["confirmed"], first["uri"], first["name"]) == (True, f"{BASE}2", "Machine translation auf Deutsch")
    assert "language/translation" in result["crosswalk"]


def test_the_taxonomy_says_everything(client: TestClient) -> None:
    """Names in all languages and matches too."""
    field = client.get("/areas").json()["fields"][0]
    first, second = field["areas"]
    assert field["uri"] == f"{BASE}vision" and field["names"] == {"de": "Computer vision auf Deutsch"}
    assert first["names"] == {"de": "Segmentation auf Deutsch"} and first["crosswalk"] == {
        "close_match": [f"{BASE}close"]
    }
    assert not {"uri", "notation", "names", "crosswalk"} & second.keys()


def test_annifs_interface_answers_with_them(client: TestClient) -> None:
    """Suggestions have the URIs and notations, and subjects are taken by them."""
    answer = client.post("/v1/projects/areas/suggest", data={"text": "We segment pictures.", "limit": "10"}).json()
    found = {item["label"]: (item["uri"], item["notation"]) for item in answer["results"]}
    assert found["Segmentation"] == (f"{BASE}0", "0") and found["3D"] == ("urn:areatag:vision/3d", None)
    document = {"text": "A text about depth.", "subjects": [{"uri": f"{BASE}0"}]}
    assert client.post("/v1/projects/areas/learn", json=[document]).status_code == 204
