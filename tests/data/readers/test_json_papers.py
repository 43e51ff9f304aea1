"""Tests of data.readers.json_papers: papers in what APIs and exports wrap around them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import read_papers
from data.readers.json_papers import is_list_name, is_paper, papers_in

ReadContent = Callable[..., list[Paper | Reject]]

GEESE = {"id": "g", "title": "Counting geese", "abstract": "We count geese from drones."}
HERONS = {"id": "h", "title": "Herons at night", "abstract": "Herons fish at night."}
BOTH = ["Counting geese", "Herons at night"]

WRAPPED: dict[str, object] = {
    "OpenAlex": {"meta": {"count": 2}, "results": [GEESE, HERONS], "group_by": []},
    "Crossref": {"status": "ok", "message": {"facets": {}, "items": [GEESE, HERONS], "total-results": 2}},
    "Semantic Scholar": {"total": 2, "data": [GEESE, HERONS]},
    "Solr": {"responseHeader": {"params": {"q": "geese"}}, "response": {"numFound": 2, "docs": [GEESE, HERONS]}},
    "Elasticsearch": {"hits": {"hits": [{"_id": "1", "_source": GEESE}, {"_id": "2", "_source": HERONS}]}},
    "Europe PMC": {"resultList": {"result": [GEESE, HERONS]}},
    "Scopus": {"search-results": {"entry": [{"dc:title": "Counting geese"}, {"dc:title": "Herons at night"}]}},
    "DBLP": {"result": {"hits": {"hit": [{"@id": "1", "info": GEESE}, {"@id": "2", "info": HERONS}]}}},
    "Zenodo": {"hits": {"hits": [{"id": 1, "metadata": GEESE, "files": []}, {"id": 2, "metadata": HERONS}]}},
    "OpenReview": {"notes": [{"content": {"title": {"value": title}}} for title in BOTH]},
    "GraphQL": {"data": {"search": {"edges": [{"node": GEESE}, {"node": HERONS}]}}},
    "CouchDB": {"rows": [{"key": 1, "doc": GEESE}, {"key": 2, "doc": HERONS}]},
    "JSON feed": {"title": "A feed", "description": "On birds.", "items": [GEESE, HERONS]},
    "two lists": {"results": [GEESE], "facets": [{"title": "x"}], "more of them": [HERONS]},
    "any other name": {"version": 1, "our birds": [GEESE, HERONS]},
    "by id": {"g": {"title": "Counting geese"}, "h": {"title": "Herons at night"}},
    "PubMed summary": {"result": {"uids": ["1", "2"], "1": GEESE, "2": HERONS}},
    "lists of lists": [[GEESE], [HERONS]],
    "pandas by column": {"title": {"0": "Counting geese", "1": "Herons at night"}, "year": {"0": 1, "1": 2}},
    "pandas split": {"columns": ["title"], "index": [0, 1], "data": [["Counting geese"], ["Herons at night"]]},
}


@pytest.mark.parametrize("indent", [None, 1], ids=["one line", "pretty"])
@pytest.mark.parametrize("value", WRAPPED.values(), ids=WRAPPED.keys())
def test_what_is_around_papers_is_opened(read_content: ReadContent, value: object, indent: int | None) -> None:
    """The papers come in their order, and nothing else does."""
    records = read_content(json.dumps(value, indent=indent))
    assert [item.title if isinstance(item, Paper) else item for item in records] == BOTH


@pytest.mark.parametrize("value", WRAPPED.values(), ids=WRAPPED.keys())
def test_a_wrapper_on_each_line(read_content: ReadContent, value: object) -> None:
    """Answers that were appended to one file are all read."""
    records = read_content(f"{json.dumps(value)}\n" * 3)
    assert [item.title if isinstance(item, Paper) else item for item in records] == BOTH * 3


@pytest.mark.parametrize(
    "item",
    [
        {"key": "k", "library": {"id": 1, "name": "doe"}, "data": {"key": "k", "title": "Counting geese"}},
        {"data": {"id": "k", "type": "dois", "attributes": {"titles": [{"title": "Counting geese"}]}}},
        {"status": "ok", "message": {"DOI": "k", "title": ["Counting geese"]}},
        {"_id": "k", "_source": {"title": "Counting geese"}},
        {"id": "k", "abstract": [{"text": "We count."}], "metadata": {"title": "Counting geese"}},
    ],
)
def test_one_object_that_wraps_its_fields(read_content: ReadContent, item: dict[str, object]) -> None:
    """One work of an API has its own id and title, whatever is around it."""
    for indent in (None, 2):
        (paper,) = read_content(json.dumps(item, indent=indent))
        assert isinstance(paper, Paper) and (paper.id, paper.title) == ("k", "Counting geese")


def test_an_id_around_the_fields(read_content: ReadContent) -> None:
    """A paper without an id has that of the object around it."""
    citation = {
        "PMID": {"#text": "77"},
        "Article": {"ArticleTitle": "Geese", "Abstract": {"AbstractText": ["We", "count."]}},
    }
    (paper,) = read_content(json.dumps({"PubmedArticleSet": {"PubmedArticle": [{"MedlineCitation": citation}]}}))
    assert isinstance(paper, Paper) and (paper.id, paper.title, paper.abstract) == ("77", "Geese", "We count.")


def test_attachments_of_zotero_are_no_papers(read_content: ReadContent) -> None:
    """A saved PDF has a title; it is rejected as what it is."""
    items = [
        {"data": {"key": "k", **fields}} for fields in ({"title": "Geese"}, {"itemType": "attachment", "title": "PDF"})
    ]
    paper, rejected = read_content(json.dumps(items))
    assert isinstance(paper, Paper) and isinstance(rejected, Reject) and "attachment" in rejected.reason


def test_what_the_shell_of_mongodb_writes(read_content: ReadContent) -> None:
    """AMiner's network has calls in place of numbers and ids."""
    (paper,) = read_content('[\n{"_id": ObjectId("5f"), "title": "Geese (NumberInt)", "year": NumberInt(2017)}\n]')
    assert isinstance(paper, Paper) and (paper.id, paper.title, paper.date) == ("5f", "Geese (NumberInt)", "2017")


def test_lists_inside_a_paper_are_no_papers(read_content: ReadContent) -> None:
    """References, authors and descriptions of a paper are parts of it."""
    paper = {
        "references": [{"title": "Another"}],
        "authors": [{"name": "A", "title": "Dr"}],
        "title": "Counting geese",
        "data": [{"summary": "not a paper"}],
    }
    for records in (read_content(json.dumps([paper])), read_content(json.dumps(paper))):
        assert [item.title for item in records if isinstance(item, Paper)] == ["Counting geese"]


def test_an_object_without_text_among_papers_is_rejected(read_content: ReadContent) -> None:
    """Nothing of a list of papers is dropped in silence."""
    for name in ("results", "our birds"):
        records = read_content(json.dumps({name: [GEESE, {"id": 7}, HERONS]}))
        assert [type(item) for item in records] == [Paper, Reject, Paper]


@pytest.mark.parametrize("name", ["results", "birds"])
def test_a_list_larger_than_a_record(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An object around a list may be of any size: only its papers are held."""
    monkeypatch.setattr("data.readers.reading.RECORD_BYTES", 10_000)
    papers = [{"title": f"Paper {number}", "authors": [{"name": "x" * 50}] * 5} for number in range(3000)]
    path = tmp_path / "papers.json"
    path.write_text(json.dumps({"meta": {"n": 3000}, name: papers, "facets": {"x": ["y" * 200] * 1000}, "end": 1}))
    assert [item.title for item in read_papers([path]) if isinstance(item, Paper)] == [
        f"Paper {number}" for number in range(3000)
    ]


def test_names_of_lists() -> None:
    """Names are compared without signs and case."""
    assert is_list_name("hydra:member") and is_list_name("@graph") and not is_list_name("references")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["title", "data", "items", "x", "columns", "abstract"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(_JSON)
def test_any_value_gives_objects(value: object) -> None:
    """Whatever JSON holds, what is taken for a paper is an object."""
    assert all(isinstance(fields, dict) for fields in papers_in(value))
    assert is_paper(value) in (True, False)


def test_annotated_full_texts() -> None:
    """S2ORC says where in the text of a paper its title and its abstract are."""
    text = "Geese\nWe count. They fly. Introduction"
    spans = json.dumps([{"start": 6, "end": "15"}, {"start": 16, "end": 25}])
    content = {"text": text, "annotations": {"title": [{"start": 0, "end": 5}], "abstract": spans, "section": None}}
    assert papers_in({"corpusid": 5, "content": content}) == [
        {"corpusid": 5, "title": "Geese", "abstract": "We count. They fly."}
    ]
    for spans in ("no JSON", "[5]", "[{}]", "null"):
        assert papers_in({"corpusid": 5, "content": {"text": text, "annotations": {"title": spans}}}) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"mods": {"title": "A"}}, None),
        ({"p1": {"title": "A"}}, "p1"),
        ({"doe": {"title": "A"}, "roe": {"title": "B"}}, "doe"),
    ],
)
def test_the_key_of_a_paper(value: dict[str, object], expected: str | None) -> None:
    """Among others, or with a number, it is an id; else the name of a wrapper."""
    assert papers_in(value)[0].get("id") == expected


def test_deep_answers() -> None:
    """DSpace puts a paper eleven levels down."""
    paper = {"uuid": "u", "metadata": {"dc.title": [{"value": "A"}], "dc.description.abstract": [{"value": "B"}]}}
    results = {"_embedded": {"objects": [{"_embedded": {"indexableObject": paper}}]}}
    (found,) = papers_in({"_embedded": {"searchResult": results}})
    assert found["uuid"] == "u" and "dc.title" in found
