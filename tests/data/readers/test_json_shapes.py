"""Tests of data.readers.json_shapes: objects whose title and abstract stand elsewhere than in fields of these names."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers.json_papers import papers_in
from data.readers.json_shapes import records_of_shape

ReadContent = Callable[..., list[Paper | Reject]]

_CELL = st.text(max_size=5) | st.none()


@given(st.lists(st.tuples(st.text(min_size=1, max_size=5), _CELL, st.integers()), min_size=2, max_size=5))
def test_columns_that_are_lists(rows: list[tuple[str, str | None, int]]) -> None:
    """What pandas' to_dict("list") gives is a table, never one paper with all titles and abstracts."""
    names = ("title", "abstract", "year")
    table = {name: [row[number] for row in rows] for number, name in enumerate(names)}
    assert papers_in(table) == [dict(zip(names, row, strict=True)) for row in rows]


@pytest.mark.parametrize(
    "value",
    [
        {"title": ["Geese"], "abstract": ["We count."], "ISSN": ["1"]},
        {"title": ["Geese", "Gänse"], "abstract": ["We count."]},
        {"title": ["Geese", "Gänse"], "abstract": ["We count.", "And measure."], "DOI": "10.5555/1"},
        {"title": [{"value": "Geese"}, {"value": "Gänse"}], "abstract": ["We count.", "And measure."]},
        {"passages": ["We count.", "And measure."], "title": "Geese"},
    ],
)
def test_lists_inside_one_paper(value: dict[str, object]) -> None:
    """Crossref and Solr write single values as lists, and some sources give several titles or parts of an abstract."""
    assert records_of_shape(value) is None


_PASSAGES = [
    {"infons": {"section_type": "TITLE", "type": "front", "year": "2021"}, "text": "Geese"},
    {"infons": {"section_type": "ABSTRACT", "type": "abstract_title_1"}, "text": "Results"},
    {"infons": {"section_type": "ABSTRACT", "type": "abstract"}, "text": "We count."},
    {"infons": {"section_type": "INTRO", "type": "paragraph"}, "text": "Geese are birds."},
    {"infons": {"section_type": "REF", "type": "ref"}, "text": "Cited"},
]
_SHORT_PASSAGES = [
    {"infons": {"type": "title"}, "text": "Geese", "annotations": []},
    {"infons": {"type": "abstract"}, "text": "We count."},
]


@pytest.mark.parametrize("wrapped", [{"documents": [0]}, {"PubTator3": [0]}, [{"bioctype": "c", "documents": [0]}], 0])
def test_bioc(read_content: ReadContent, wrapped: object) -> None:
    """Of the passages those that are title or abstract count, whatever is around the documents."""
    document = {"id": "7", "infons": {}, "passages": _SHORT_PASSAGES, "relations": []}
    content = json.dumps(wrapped).replace("0", json.dumps(document))
    assert read_content(content) == [Paper("7", "Geese", "We count.")]


def test_bioc_of_full_texts(read_content: ReadContent) -> None:
    """The headings of an abstract stay; the text and its references do not come in."""
    content = json.dumps({"documents": [{"id": "7", "passages": _PASSAGES}]})
    assert read_content(content) == [Paper("7", "Geese", "Results: We count.", date="2021")]


def _record(titles: object, abstract: object) -> dict[str, object]:
    abstracts = {"abstracts": {"abstract": abstract}}
    static = {"summary": {"titles": {"title": titles}, "pub_info": {"pubyear": 2021}}, "fullrecord_metadata": abstracts}
    return {"UID": "WOS:7", "static_data": static, "dynamic_data": {"x": [{"title": "Cited"}]}}


_TITLES = [{"type": "source", "content": "BIRDS"}, {"type": "item", "content": "Geese"}]


@pytest.mark.parametrize("paragraphs", ["We count. We measure.", ["We count.", "We measure."]])
@pytest.mark.parametrize("one", [True, False])
def test_web_of_science(read_content: ReadContent, paragraphs: object, one: bool) -> None:
    """The title of the item, not that of the journal; lists with one object may be the object alone."""
    abstract: object = {"abstract_text": {"count": 1, "p": paragraphs}}
    record = _record(_TITLES, abstract if one else [abstract])
    content = json.dumps({"Data": {"Records": {"records": {"REC": [record, record]}}}, "QueryResult": {"QueryID": 1}})
    assert read_content(content) == [Paper("WOS:7", "Geese", "We count. We measure.", date="2021", venue="BIRDS")] * 2


def test_web_of_science_without_abstract(read_content: ReadContent) -> None:
    """Nor with what it should have: nothing fails, and the title is read."""
    assert read_content(json.dumps([_record(_TITLES[1], None)])) == [Paper("WOS:7", "Geese", "", date="2021")]
