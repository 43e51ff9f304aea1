"""Rows of delimited text: which quotation marks part cells, which are text, and how far a row goes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.delimited_rows import Cells, Row, Rows
from data.readers.lines import Line, bounded_lines
from data.readers.sources import ByteStream


def _rows(text: str, columns: int = 2, delimiter: str = ",", limit: int = 1000) -> list[Row]:
    stream = ByteStream("x", iter([text.encode("utf-8", "surrogateescape")]), limit)
    return list(Rows(bounded_lines(stream), Cells(delimiter), columns, limit))


def _cells(text: str, columns: int = 2, delimiter: str = ",") -> list[list[str]]:
    return [row.cells for row in _rows(text, columns, delimiter)]


def test_a_row_knows_the_line_where_it_starts() -> None:
    """A quoted cell runs on over lines; the next row starts behind it."""
    first, second, third = _rows('a,b\n"c\nc","d\n""\nd"\ne,f\n')
    assert (first.line.number, first.cells) == (1, ["a", "b"])
    assert (second.line.number, second.cells) == (2, ["c\nc", 'd\n"\nd'])
    assert (third.line.number, third.cells) == (6, ["e", "f"])
    assert not any(row.has_open_quote or row.is_overlong for row in (first, second, third))


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=12)


@given(st.lists(st.lists(_TEXT, min_size=2, max_size=4), max_size=5), st.sampled_from(",\t;|"))
def test_whatever_the_csv_module_writes_comes_back(table: list[list[str]], delimiter: str) -> None:
    """With as few quotation marks as it takes."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(table)
    assert [row.cells for row in _rows(text.getvalue(), 2, delimiter, limit=100_000)] == table


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"a,b",c', ["a,b", "c"]),
        (' "a" ,c', ["a", "c"]),
        ('"",c', ["", "c"]),
        ('"a""b",c', ['a"b', "c"]),
        ("a,", ["a", ""]),
        ('a,"b"', ["a", "b"]),
        ('a "b" c,d', ['a "b" c', "d"]),
        ('"a" b,c', ['"a" b', "c"]),
        ('"a, b" c,d', ['"a, b" c', "d"]),
        ('"a \\"b\\", c",d', ['a "b", c', "d"]),
        ('"a,b', ['"a', "b"]),
    ],
)
def test_a_line_with_quotation_marks(line: str, cells: list[str]) -> None:
    """A cell is quoted where its closing mark ends it; other marks are text, in the way that gives all columns."""
    assert _cells(line) == [cells]


def test_between_tabs_the_marks_of_a_text_part_no_cells() -> None:
    """Programs that write tabs quote nothing, so each tab is tried before parts in quotation marks."""
    line = '"a{0}b" x{0}c'
    assert _cells(line.format("\t"), columns=3, delimiter="\t") == [['"a', 'b" x', "c"]]
    assert _cells(line.format(","), columns=3) == [['"a', 'b" x', "c"]]
    assert _cells(line.format("\t"), columns=2, delimiter="\t") == [['"a\tb" x', "c"]]
    assert _cells(line.format(","), columns=2) == [['"a,b" x', "c"]]


def test_where_no_way_gives_the_columns_the_likeliest_is_taken() -> None:
    """Marks part no cells between commas, tabs do between tabs."""
    line = '"a{0}b" x{0}c'
    assert _cells(line.format(","), columns=7) == [['"a,b" x', "c"]]
    assert _cells(line.format("\t"), columns=7, delimiter="\t") == [['"a', 'b" x', "c"]]


def test_an_open_quotation_mark_swallows_no_row() -> None:
    """It is text, its row says so, and the lines after it are rows of their own."""
    first, second, third, fourth = _rows('a,"b\nc,d\n"e","f\nf"\ng,h\n')
    assert (first.cells, first.has_open_quote) == (["a", '"b'], True)
    assert (second.line.number, second.cells, second.has_open_quote) == (2, ["c", "d"], False)
    assert (third.line.number, third.cells) == (3, ["e", "f\nf"])
    assert (fourth.line.number, fourth.cells) == (5, ["g", "h"])


def test_a_mark_that_closes_in_its_line_is_not_open() -> None:
    """Although the cell goes on behind it."""
    (row,) = _rows('"a" b,c')
    assert not row.has_open_quote


def test_a_row_over_the_limit_is_given_up_alone() -> None:
    """The lines that were looked at come again as rows of their own."""
    text = 'a,"' + "x\n" * 20 + 'x"\nb,c\n'
    (row, last) = _rows(text, limit=100)
    assert row.cells == ["a", "x\n" * 20 + "x"] and last.cells == ["b", "c"]
    rows = _rows(text, limit=20)
    assert (rows[0].is_overlong, rows[0].cells, rows[0].line.number) == (True, [], 1)
    assert [row.cells for row in rows[1:4]] == [["x"], ["x"], ["x"]] and rows[1].line.number == 2
    assert rows[-1].cells == ["b", "c"]


def test_an_overlong_line_is_a_row_that_is_not_read() -> None:
    """Also where a quoted cell would go on in it."""
    lines = [Line(1, b'a,"b'), Line(2, b"xxx", overlong=True), Line(3, b'c,d"')]
    first, second, third = Rows(iter(lines), Cells(","), 2, 1000)
    assert (first.is_overlong, second.is_overlong, third.is_overlong) == (True, True, False)
    assert [row.line.number for row in (first, second, third)] == [1, 2, 3]


def test_bytes_that_are_not_utf8_are_kept_for_who_reads_the_cells() -> None:
    """The row is refused there, with the byte."""
    assert _cells("caf\udce9,b\n") == [["caf\udce9", "b"]]


def test_cells_from_a_position_on() -> None:
    """Where one opens and does not close as it should is returned; what came before it is appended."""
    cells: list[str] = []
    assert Cells(";").regular('x;"a;b";c', cells, 2) == -1 and cells == ["a;b", "c"]
    cells.clear()
    assert Cells(";").regular('x;y;"a" b;c', cells) == 4 and cells == ["x", "y"]
