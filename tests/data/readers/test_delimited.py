"""Tests of data.readers.delimited."""

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import InputFormat, read_papers, read_records

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(read_content: ReadContent, delimiter: str) -> None:
    """Commas, tabs, semicolons and bars are told apart by the header."""
    rows = [["ID", "Title", "Abstract"], ["7", "Geese, a survey", "We count; we | tell.\tOften."]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    assert read_content(text.getvalue()) == [Paper("7", "Geese, a survey", "We count; we | tell.\tOften.")]


def test_quotes_line_ends_and_marks(read_content: ReadContent) -> None:
    """Quoted commas, quotes and line ends belong to the field; a byte order mark does not to the header."""
    content = '\ufeffTitle,Abstract,Year\r\n"A ""big"" goose, seen","Line one\r\nline two",2020\r\n'
    (paper,) = read_content(content)
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract, paper.date) == ('A "big" goose, seen', "Line one\nline two", "2020")


def test_utf16_as_spreadsheets_export_it(read_content: ReadContent, titles: Titles) -> None:
    """Text that its mark shows to be UTF-16 is read."""
    assert titles(read_content("Title\tAbstract\r\nGänse\tWir zählen.\r\n".encode("utf-16"))) == ["Gänse"]


def test_a_field_over_the_limit_of_the_csv_module(read_content: ReadContent) -> None:
    """The module's default of 128 KiB for a field does not apply."""
    (paper,) = read_content("title,abstract\nA," + "word " * 100_000)
    assert isinstance(paper, Paper)
    assert len(paper.abstract) > 19_000


def test_short_and_blank_rows(read_content: ReadContent, titles: Titles) -> None:
    """Cells that a row lacks are missing fields; rows without content are no records."""
    assert titles(read_content("title,abstract,id\nA\n\n,,\nB,b\n,,5\n")) == ["A", "B", 6]


def test_a_row_with_too_many_cells_is_rejected(read_content: ReadContent, titles: Titles) -> None:
    """An unquoted comma moves text into the wrong field, so the row is refused; empty cells do not matter."""
    records = read_content("title,abstract\nA,one, two\nB,b,,\n")
    assert titles(records) == [2, "B"]
    assert "3 cells but the header names 2" in str(records[0])


def test_an_unclosed_quote_costs_one_row(read_content: ReadContent, titles: Titles) -> None:
    """The lines that it swallowed are read again."""
    records = read_content('title,abstract\nA,a\nB,"b\nC,c\n"D","d\nd"\nE,e\n')
    assert titles(records)[0] == "A"
    records = read_content('title,abstract\nA,a\nB,"b\nC,c\nD,d\n')
    assert titles(records) == ["A", 3, "C", "D"]
    assert "never closed" in str(records[1])


def test_bytes_that_are_not_utf8_reject_the_row(read_content: ReadContent, titles: Titles) -> None:
    """The row is rejected at its first line, also when the byte is in a later one."""
    records = read_content(b'title,abstract\nA,\xc3\xa9\n"B","b\nb\xe9"\nC,c\n')
    assert titles(records) == ["A", 3, "C"]
    assert "byte 0xE9" in str(records[1])


def test_a_header_without_a_paper_field(read_content: ReadContent) -> None:
    """A table without title and abstract is one Reject that says what to name the columns."""
    (rejected,) = read_content("name,text\na,b\n", InputFormat.CSV)
    assert isinstance(rejected, Reject)
    assert rejected.line == 1 and "'title' or 'abstract'" in rejected.reason


def test_an_overlong_record_is_skipped(tmp_path: Path) -> None:
    """A line over the limit is one Reject."""
    path = tmp_path / "papers.csv"
    path.write_text("title,abstract\nA,a\nB," + "x" * 200_000 + "\nC,c\n")
    records = list(read_records([path], record_bytes=1000))
    assert [(type(item).__name__, item.line) for item in records] == [
        ("Record", 2),
        ("Reject", 3),
        ("Record", 4),
    ]


_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))


@given(st.lists(st.tuples(_CELL, _CELL)), st.sampled_from(",\t;|"), st.sampled_from(["\n", "\r\n"]))
def test_every_row_comes_back(rows: list[tuple[str, str]], delimiter: str, end: str) -> None:
    """Whatever csv writes is read, at the line where the row starts."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "title", "abstract"])
    expected = []
    for title, abstract in rows:
        expected.append((text.getvalue().count("\n") + 1, "t" + title, abstract))
        writer.writerow(["i", "t" + title, abstract])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.csv")
        path.write_bytes(text.getvalue().encode())
        records = list(read_records([path]))
        assert len(list(read_papers([path]))) == len(rows)
    assert [
        (item.line, item.fields["title"], item.fields["abstract"]) for item in records if not isinstance(item, Reject)
    ] == expected
