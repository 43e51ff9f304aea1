"""Tests of data.field_names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.field_names import (
    FIELD_NAMES,
    FIELD_SOURCES,
    has_paper_field,
    is_known,
    is_label_field,
    label_value,
    lists_areas,
    names_by_field,
    normal_name,
    text_field,
)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Title ", "title"),
        ("\ufeffTITLE", "title"),
        ("Article Title", "title"),
        ("articleTitle", "title"),
        ("dc:title", "title"),
        ("{http://purl.org/dc/elements/1.1/}title", "title"),
        ("dc.title[en_US]", "title"),
        ("metadata.title", "title"),
        ("Item Title", "title"),
        ("Abstract (EN)", "abstract"),
        ("abstract_en", "abstract"),
        ("paperAbstract", "abstract"),
        ("abstractEn", "abstract"),
        ("Summary-摘要", "abstract"),
        ("dc.description.abstract[]", "abstract"),
        ("dcterms:abstract", "abstract"),
        ("Abstract Note", "abstract"),
        ("Title of the paper", "title"),
        ("Abstract of your submission", "abstract"),
        ("UT (Unique WOS ID)", ""),
        ("Publication Title", ""),
        ("primary_location.source.display_name", ""),
        ("document_id", ""),
        ("title_de", ""),
        ("authors", ""),
        ("x" * 1000, ""),
        ("", ""),
    ],
)
def test_names_of_a_title_or_an_abstract(name: str, field: str) -> None:
    """Case, blanks, namespaces, wrappers and what stands in brackets do not matter; other columns are no text."""
    assert text_field(name) == field
    assert has_paper_field(["doi", name]) == bool(field)


def test_other_fields() -> None:
    """Names of other fields are known as well, and the id of Web of Science is one."""
    assert is_known("UT (Unique WOS ID)") and is_known("Source title") and not is_known("Document Identifier")
    assert normal_name("UT (Unique WOS ID)") == "ut"


def test_names_of_a_record_by_field() -> None:
    """The best name comes first, and of equal ones that which says that it holds English."""
    names = ("summary", "title[de]", "title", "Title (EN)", "specimen", "x" * 20_000, "abstract")
    found = names_by_field(names)
    assert found == names_by_field(names[:5] + names[6:])
    assert list(found["title"]) == ["Title (EN)", "title[de]", "title"]
    assert list(found["abstract"]) == ["abstract", "summary"]
    assert not any(found[field] for field in ("id", "categories", "date", "venue"))


def test_what_a_label_has_beside_its_paper() -> None:
    """The best name with a value, spelled as the record spells it; of two spellings the first."""
    fields = {"title": "x", "Labels": ["a"], "AREAS": None, "Area": ["b"], "area": ["c"]}
    assert label_value(fields, "areas") == ("Area", ["b"])
    assert label_value(fields, "not") is None
    assert is_label_field("Annotator") and lists_areas("Not") and lists_areas("Area IDs")
    assert not is_label_field("fields") and not lists_areas("annotator")


def test_every_name_of_the_table_finds_itself() -> None:
    """No name is spelled so that it cannot be found, and none stands for two fields."""
    for field, names in FIELD_SOURCES.items():
        assert [normal_name(name) for name in names] == list(FIELD_NAMES[field])
    everything = [name for names in FIELD_NAMES.values() for name in names]
    assert len(everything) == len(set(everything))


@given(st.text())
def test_any_name_has_a_normal_name(name: str) -> None:
    """No name of a field makes reading fail."""
    assert isinstance(normal_name(name), str)
