"""Titles of journals' tables of contents that are no papers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.front_matter import SUBSTANCE, is_front_matter

FRONT_MATTER = [
    "Front Matter",
    "Author Index",
    "EDITORIAL BOARD",
    "Erratum",
    "Table of contents",
    "Book reviews",
    "Preface",
    "Call for papers",
    "In Memoriam",
    "List of Reviewers",
    "Acknowledgement to Reviewers",
    "Editor's Note",
    "Guest editorial",
    "Instructions for Authors",
    "Commentary",
    "Reply",
    "Poster session",
    "Inhaltsverzeichnis",
    "Einführung",
    "Table des matières",
    "Comité de rédaction",
    "Índice de autores",
    "Agradecimiento a revisores",
    "Índice degli autori",
    "Spis treści",
    "Содержание",
    "目录",
    "編集後記",
    "목차",
]


@pytest.mark.parametrize("title", FRONT_MATTER)
def test_titles_of_front_matter(title: str) -> None:
    """In whatever case, with whatever accents."""
    assert is_front_matter(title)
    assert is_front_matter(f"[{title.upper()}]")


@given(
    st.sampled_from(FRONT_MATTER),
    st.sampled_from([" to ", ", ", " for ", " - ", ": ", " of ", " ("]),
    st.sampled_from(["Volume", "Vol.", "vol. 7 no.", "Issue", "No.", "Band", "", "March"]),
    st.integers(1, 2100).map(str) | st.sampled_from(["XIV", "iii", "12th", "3-4", "1998/99"]),
)
def test_volumes_and_dates_do_not_matter(title: str, between: str, word: str, number: str) -> None:
    """An index is an index, of whichever volume."""
    assert is_front_matter(f"{title}{between}{word} {number}")


@pytest.mark.parametrize(
    "title",
    [
        'Corrigendum to "Slow waves in thin plates"',
        "Erratum: Slow waves in thin plates",
        "Errata for “Slow waves in thin plates”",
        "Author Correction: Slow waves in thin plates",
        "Correction to: Slow waves in thin plates",
        "Retraction - Slow waves in thin plates",
        "Correction to the paper on slow waves",
        "In memoriam: Ada Example (1931-2019)",
        "Obituary: Ada Example",
        "Book Review: Waves by A. Example",
        "Nachruf auf Ada Example",
        "Journal of Thin Plates: Editorial Board",
        "Information for authors of the Bulletin of Waves",
        "IEEE Transactions on Examples publication information",
        "Front Matter: Volume 10234",
        "Volume 12, Issue 3",
        "Call for papers: waves in thin plates",
        "Cover Picture: Slow waves (Plates 3/2020)",
        "Title page / Table of contents",
        "Author index and subject index",
        "News, announcements",
    ],
)
def test_what_it_is_about_may_follow(title: str) -> None:
    """Corrections, obituaries and reviews name it; other titles name the journal."""
    assert is_front_matter(title)


@pytest.mark.parametrize(
    "title",
    [
        "Corrections to scaling in random polymers",
        "Correction-based decoding of block codes",
        "Book review sentiment and the taste of readers",
        "Book reviews as a source of norms",
        "An author index for thin plates",
        "Introduction to C",
        "Contents of interstellar clouds",
        "News recommendation with small models",
        "Civil index numbers",
        "Retraction onto convex sets",
        "Expression of concern in letters of patients",
        "Obituary writing by machines",
        "Contents, and how to find them",
        "Front cover design of plates",
        "May",
        "1984",
        "Attention is all you need",
        "",
        "...",
    ],
)
def test_papers_are_papers(title: str) -> None:
    """Also those that begin with a word of front matter."""
    assert not is_front_matter(title)


def test_an_abstract_of_substance_makes_a_paper() -> None:
    """A sentence that says what was corrected does not."""
    assert is_front_matter("Editorial", "The editors look back.")
    assert not is_front_matter("Editorial", "w" * SUBSTANCE)
