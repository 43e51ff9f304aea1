"""POST /papers/keywords: files of references, given back with areas."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from data.label_store.errors import LabelStoreError
from data.label_store.store import LabelStore
from data.writers import KeywordFormat
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger

_BIBTEX = (
    '% of ours\r\n@string{v = "Imaginary Letters"}\r\n@article{one,\r\n  title = {We segment caf{\\\'e}s},\r\n'
    "  keywords = {coffee, Old: x},\r\n}\r\n@misc{two, title = {Depth of \u00e9tangs}}\r\n@misc{none, year = 1999}\r\n"
    "@misc{three, title = {Moss}, keywords = {Old: y}}\r\nThe end"
).encode()
_RIS = b"TY  - JOUR\nID  - r1\nTI  - Counting snow\nKW  - winter\nER  - \n\nTY  - JOUR\nAU  - Doe\nER  - \n"
_CSL = b'[\n  {"type": "book", "id": "c", "title": "Tides"},\n  {"type": "book", "id": "d"}\n]\n'
_SEGMENTATION, _DEPTH, _TRANSLATION = "vision/segmentation", "vision/3d", "language/translation"


def _send(client: TestClient, file: bytes, areas: object, name: str = "refs.bib", **parameters: str) -> Any:
    given_areas = areas if isinstance(areas, str | bytes) else json.dumps(areas)
    return client.post("/papers/keywords", files={"file": (name, file)}, data={"areas": given_areas}, params=parameters)


@pytest.mark.parametrize(
    ("file", "paper", "added", "media_type"),
    [
        (_BIBTEX, "one", b", Segmentation, 3D", "application/x-bibtex"),
        (_RIS, "r1", b"KW  - Segmentation\nKW  - 3D\n", "application/x-research-info-systems"),
        (_CSL, "c", b', "keyword": "Segmentation, 3D"', "application/vnd.citationstyles.csl+json"),
    ],
    ids=["BibTeX", "RIS", "CSL-JSON"],
)
def test_entries_come_back_byte_for_byte_but_for_the_keywords(
    client: TestClient, file: bytes, paper: str, added: bytes, media_type: str
) -> None:
    """Rejects and what stands between the entries too; twice is once."""
    areas = {paper: [_SEGMENTATION, _DEPTH, _SEGMENTATION]}
    answer = _send(client, file, areas)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    before, found, after = answer.content.partition(added)
    assert found == added
    assert before + after == file
    assert _send(client, answer.content, areas).content == answer.content


def test_what_was_read_and_tagged_is_what_is_given_back(client: TestClient) -> None:
    """The ids of POST /papers and the areas of POST /tag, as a script sends them on."""
    papers = client.post("/papers", content=_BIBTEX).json()["papers"]
    results = client.post("/tag", json={"papers": papers}).json()["results"]
    areas = {result["id"]: [area["id"] for area in result["areas"]] for result in results}
    tagged = _send(client, _BIBTEX, areas, keyword_prefix="area: ").content
    assert b"{coffee, Old: x, area: Segmentation}" in tagged
    assert b"{area: 3D}" in tagged
    assert tagged.count(b"area: ") == 2


def test_papers_that_are_not_named_stay_as_they_are(client: TestClient) -> None:
    """One that is named without areas loses the keywords that begin with the prefix."""
    tagged = _send(client, _BIBTEX, {"three": []}, keyword_prefix="Old: ").content
    assert tagged == _BIBTEX.replace(b"{Old: y}", b"{}")


def test_keywords_can_have_their_field(client: TestClient) -> None:
    """As JabRef's groups."""
    tagged = _send(client, _RIS, {"r1": [_TRANSLATION]}, keyword_hierarchy="true", keyword_prefix="a: ").content
    assert b"KW  - winter\nKW  - a: Language > Machine translation\n" in tagged


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_stays_and_compression_goes(client: TestClient, encoding: str) -> None:
    """The name of the file is that of the one sent."""
    file = _BIBTEX.decode().encode(encoding)
    answer = _send(client, gzip.compress(file), {"two": [_DEPTH]}, name="my r\u00e9fs.bib.gz")
    assert answer.content.decode(encoding).replace(", keywords = {3D}", "") == _BIBTEX.decode()
    assert answer.content != file
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''my%20r%C3%A9fs.bib"


def test_what_curators_decided_wins(serve: Serve) -> None:
    """Over the areas that are sent: confirmed ones come, rejected ones go, and a complete label leaves no others."""
    papers = [{"id": "x", "title": "We segment cafés"}, {"id": "y", "title": "Depth of étangs"}]
    labels: list[dict[str, object]] = [
        {"paper": papers[0], "areas": [_TRANSLATION], "not": [_DEPTH], "complete": False},
        {"paper": papers[1], "areas": [_SEGMENTATION]},
    ]
    with serve(FakeTagger()) as client:
        assert client.post("/feedback", json={"labels": labels}).status_code == 200
        areas = {"one": [_DEPTH, _SEGMENTATION], "two": [_DEPTH], "three": [_DEPTH]}
        tagged = _send(client, _BIBTEX, areas).content.decode()
    assert "{coffee, Old: x, Machine translation, Segmentation}" in tagged
    assert "keywords = {Segmentation}" in tagged
    assert "{Old: y, 3D}" in tagged


def test_labels_that_cannot_be_read_are_not_passed_over(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with areas that a curator has rejected would stay wrong."""

    def broken(*_: object) -> None:
        raise LabelStoreError("The label store /srv/labels.db is damaged.")

    with serve(FakeTagger()) as client:
        paper = {"title": "We segment cafés"}
        assert client.post("/feedback", json={"labels": [{"paper": paper, "areas": []}]}).status_code == 200
        monkeypatch.setattr(LabelStore, "current_labels", broken)
        answer = _send(client, _BIBTEX, {"one": [_DEPTH]})
    assert answer.status_code == 503
    assert answer.json()["error"].startswith("The label store cannot be read now")
    assert "/srv" not in answer.text


@pytest.mark.parametrize(
    ("areas", "field", "sentence"),
    [
        ("{", "areas", "areas is not valid JSON at line 1 column 2"),
        (b"\xff", "areas", "areas is not valid UTF-8 at byte 0."),
        ('{"one": [], "one": []}', "areas", "areas has an object that names the same key twice."),
        ([], "areas", "areas "),
        ({"one": _DEPTH}, "areas.one", "areas.one must be a list."),
        ({"one": [_DEPTH, 3]}, "areas.one[1]", "areas.one[1] must be text."),
        ({"one": [_DEPTH, "vision/4d"]}, "areas.one[1]", "areas.one[1] is 'vision/4d', which is no area"),
        ({"none": [], "four": []}, "areas.none", "areas.none is the id of no paper in the file; POST /papers gives"),
    ],
)
def test_areas_that_are_wrong_are_refused(client: TestClient, areas: Any, field: str, sentence: str) -> None:
    """With the paper and the position; nothing of the file comes back."""
    answer = _send(client, _BIBTEX, areas)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(sentence)
    assert answer.json()["detail"][0]["field"] == field


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "The input refs.bib is empty; "),
        (b"Dear all", "The input refs.bib is in no known format; name it with the parameter format ("),
        (b"title,abstract\nMoss,Green\n", "The input refs.bib is no BibTeX, RIS or CSL-JSON, whose entries"),
        (b'{"title": "Moss"}', "The input refs.bib is no BibTeX, RIS or CSL-JSON, whose entries"),
        (gzip.compress(_BIBTEX * 500)[:-20], "The input refs.bib is damaged or cut off"),
    ],
    ids=["empty", "prose", "CSV", "JSON", "damaged"],
)
def test_files_that_cannot_be_given_back_are_refused(client: TestClient, file: bytes, sentence: str) -> None:
    """Instead of half a library."""
    answer = _send(client, file, {})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(sentence)


def test_a_format_that_is_named_must_be_that_of_the_file(client: TestClient) -> None:
    """Where that can be told; else its entries are not found."""
    assert _send(client, _BIBTEX, {}, format="bibtex").content == _BIBTEX
    for areas, name in ((dict[str, list[str]](), "csl-json"), ({"one": []}, "ris")):
        assert _send(client, _BIBTEX, areas, format=name).status_code == 400


def test_it_takes_a_form(client: TestClient) -> None:
    """With both parts; how a file alone would be meant is not known."""
    answer = client.post("/papers/keywords", content=_BIBTEX)
    assert answer.status_code == 400
    assert answer.json()["error"] == "The body must be a form with the parts file and areas: multipart/form-data."
    answer = client.post("/papers/keywords", files={"file": _BIBTEX})
    assert answer.json()["error"] == "areas is missing; send it as a part of the form."


@given(
    file=st.sampled_from([_BIBTEX, _RIS, _CSL]),
    cut=st.integers(0, 200),
    noise=st.binary(max_size=30),
    areas=st.one_of(
        st.binary(max_size=30), st.dictionaries(st.sampled_from(["one", "two", "r1", "c"]), st.just([_DEPTH]))
    ),
    named=st.sampled_from([None, *(known.value for known in KeywordFormat)]),
)
@settings(max_examples=100)
def test_whatever_is_sent_nothing_fails(
    client: TestClient, file: bytes, cut: int, noise: bytes, areas: object, named: str | None
) -> None:
    """Either a file comes back, or a sentence."""
    answer = _send(client, file[:cut] + noise + file[cut:], areas, **({"format": named} if named else {}))
    assert answer.status_code in {200, 400}
    assert answer.status_code == 200 or answer.json()["error"].endswith(".")
