"""Documents of Annif's interface as papers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from serving.routes.annif_documents import Document, paper_of, title_and_abstract


@pytest.mark.parametrize(
    ("text", "title", "abstract"),
    [
        ("Counting snow\nWe count.\nIn pictures.", "Counting snow", "We count.\nIn pictures."),
        ("Counting snow", "Counting snow", ""),
        ("\n  Counting snow \r\n\r\n We count. \n", "Counting snow", "We count."),
        ("Counting snow\u2028We count.", "Counting snow", "We count."),
        ("x" * 300 + "\nWe count.", "x" * 300, "We count."),
        ("x" * 301 + "\nWe count.", "", "x" * 301 + "\nWe count."),
        (" \n", "", ""),
    ],
)
def test_the_first_line_is_the_title_where_it_is_one(text: str, title: str, abstract: str) -> None:
    """A paragraph is none, whatever ends its lines."""
    assert title_and_abstract(text) == (title, abstract)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_no_word_is_lost(text: str) -> None:
    """Title and abstract have all of them, in order."""
    assert " ".join(title_and_abstract(text)).split() == text.split()


def test_a_title_apart_leaves_all_of_the_text_to_the_abstract() -> None:
    """A blank one is none."""
    paper = paper_of("First line\nSecond line", "Counting snow", "7")
    assert (paper.id, paper.title, paper.abstract) == ("7", "Counting snow", "First line\nSecond line")
    for title in (None, " "):
        paper = paper_of("First line\nSecond line", title)
        assert (paper.title, paper.abstract) == ("First line", "Second line") and paper.id


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"text": 7},
        {"text": "a\ud800"},
        {"text": "a", "metadata": {"title": "\ud800"}},
        {"text": "a", "metadata": []},
    ],
)
def test_what_is_no_document(record: dict[str, object]) -> None:
    """Text that cannot be written as UTF-8, for one."""
    with pytest.raises(ValidationError):
        Document.model_validate(record)


def test_metadata_may_be_anything_of_text() -> None:
    """Of which the title is read elsewhere."""
    document = Document.model_validate({"text": "a", "metadata": {"title": "b", "year": "2020"}})
    assert document.metadata["title"] == "b" and Document.model_validate({"text": ""}).metadata == {}
