"""Tests of data.readers.daily_papers."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import read_papers, read_records

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]

HEAD = """new

Get trending papers in your email inbox!

Subscribe

Daily Papers

byAK and the research community

Oct 30

"""
LONG = "We count geese from drones and compare the counts with those of people on the ground. " * 12


def test_a_page(read_content: ReadContent) -> None:
    """Title, abstract and a full date are taken; the page's own words and a date without year are not."""
    page = (
        f"{HEAD}Counting Geese: A Survey\n\n{LONG}\n\n  • 5 authors\n·\nMay 17, 2023 1\n\n"
        f"Do Herons Count?\n\n{LONG}\n\n  • 1 author\n·\nJun 18 2\n"
    )
    first, second = read_content(page)
    assert isinstance(first, Paper) and isinstance(second, Paper)
    assert (first.title, first.abstract, first.date) == (
        "Counting Geese: A Survey",
        LONG.strip(),
        "2023-05-17",
    )
    assert (second.title, second.date) == ("Do Herons Count?", "")


def test_a_missing_footer(read_content: ReadContent, titles: Titles) -> None:
    """Two papers without authors and date between them stay two."""
    assert titles(read_content(f"{HEAD}A\n\n{LONG}\n\nB\n\n{LONG}\n\nC\n\n{LONG}\n\n  • 2 authors\n")) == list("ABC")


def test_an_abstract_of_several_paragraphs(read_content: ReadContent) -> None:
    """Paragraphs up to the footer belong to the abstract."""
    papers = read_content(f"{HEAD}A\n\n{LONG}\n\nWe also count herons.\n\n{LONG}\n\n  • 2 authors\n·\nMay 1, 2020\n")
    assert len(papers) == 1
    assert isinstance(papers[0], Paper) and papers[0].abstract.count("geese") == 24


def test_without_blank_lines_and_with_crlf(read_content: ReadContent, titles: Titles) -> None:
    """A page whose blank lines were lost, or with CRLF, has the same papers."""
    page = f"{HEAD}A\n\n{LONG}\n\n  • 2 authors\n·\nMay 1, 2020\n\nB\n\n{LONG}\n\n• 3 authors\n·\nMay 2 4\n"
    assert titles(read_content(page.replace("\n\n", "\n"))) == ["A", "B"]
    assert titles(read_content(page.replace("\n", "\r\n"))) == ["A", "B"]


def test_bytes_that_are_not_utf8(read_content: ReadContent, titles: Titles) -> None:
    """A paper with other bytes in its title or abstract is rejected with its line; the others are read."""
    page = f"{HEAD}A\n\n{LONG}\n\n  • 2 authors\n·\n\nB\n\n{LONG}\n\n  • 2 authors\n·\n\nC\n\n{LONG}\n".encode()
    assert titles(read_content(page.replace(b"B\n", b"B\xe9\n"))) == ["A", 20, "C"]
    assert titles(read_content(page.replace(b"B\n\nWe", b"B\n\nW\xe9"))) == ["A", 20, "C"]


def test_an_overlong_text_rejects_its_paper(tmp_path: Path) -> None:
    """A text over the limit is not held, and the papers around it are read in order."""
    path = tmp_path / "daily.txt"
    path.write_text(f"{HEAD}A\n\n{LONG}\n\n• 2 authors\n·\n\nB\n\n{LONG * 200}\n\n• 2 authors\n·\n\nC\n\n{LONG}\n")
    records = list(read_records([path], record_bytes=5000))
    assert [(type(item).__name__, item.line) for item in records] == [
        ("Record", 13),
        ("Reject", 20),
        ("Record", 27),
    ]


_WORD = st.sampled_from(["Geese", "herons", "count", "Drones?", "survey", "2020", "·"])


@given(st.lists(st.tuples(_WORD, st.lists(_WORD, min_size=1), st.sampled_from(["", "May 3, 2020", "May 3 7"]))))
def test_every_paper_comes_back(papers: list[tuple[str, list[str], str]]) -> None:
    """Any titles with abstracts and footers come back in order, however short they are."""
    page = HEAD + "".join(
        f"On {title}\n\n{' '.join(words)}.\n\n  • 4 authors\n·\n{date}\n\n" for title, words, date in papers
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "daily.txt")
        path.write_text(page)
        found = [(p.title, p.abstract) for p in read_papers([path]) if isinstance(p, Paper)]
    assert found == [(f"On {title}", f"{' '.join(words)}.") for title, words, _ in papers]
