"""Tests of data.field_names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.field_names import FIELD_NAMES, FIELD_SOURCES, field_place, has_paper_field, is_known, normal_name, text_field


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


def test_the_place_of_a_name() -> None:
    """A name may say that it holds English, which puts it before its equals."""
    assert all(field_place(name) == ("title", 0, False) for name in ("Title (EN)", "title[en_US]", "title_en"))
    assert field_place("title[de]") == field_place("title") == ("title", 0, True)
    assert field_place("specimen") is field_place("token") is field_place("x" * 1000) is None


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
