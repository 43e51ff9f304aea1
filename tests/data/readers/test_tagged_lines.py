"""References of tagged lines, in a format of these tests' own: what begins and ends one, and what stands between."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import CHUNK_BYTES, ByteStream
from data.readers.tagged_lines import TaggedBlock, TagSyntax, read_tagged, split_tagged, without_number

TAG = re.compile(rb"([A-Z]{2}): ?")
SYNTAX = TagSyntax(TAG, first=frozenset([b"TY"]), last=b"ER", orphans=frozenset([b"TI"]))
BLANK = TagSyntax(TAG, first=frozenset([b"TY"]), blank_line_ends=True)


def _stream(content: bytes, chunk: int = 1 << 16, limit: int = 1000) -> ByteStream:
    chunks = (content[start : start + chunk] for start in range(0, len(content), chunk))
    return ByteStream("x", chunks, limit)


def _read(content: bytes, syntax: TagSyntax = SYNTAX, limit: int = 1000) -> list[Record | Reject]:
    return list(read_tagged(_stream(content, limit=limit), syntax))


def _blocks(content: bytes, syntax: TagSyntax = SYNTAX) -> list[tuple[int, bytes, bool]]:
    return [(block.line, block.data, block.is_reference) for block in split_tagged(_stream(content), syntax)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_reference_goes_from_its_first_tag_to_its_last(end: bytes) -> None:
    """With all values of each tag; a line without a tag continues the one above, and blanks are single."""
    lines = [b"1.", b"TY: book", b"KW: geese", b"KW:  wild", b"  herons ", b"TI: A", b"ER: ", b"link"]
    assert _blocks(end.join(lines)) == [
        (1, lines[0] + end, False),
        (2, end.join([*lines[1:7], b""]), True),
        (8, lines[7], False),
    ]
    (record,) = _read(end.join(lines))
    assert isinstance(record, Record) and record.line == 2
    assert record.fields == {"TY": ["book"], "KW": ["geese", "wild herons"], "TI": ["A"], "ER": [""]}


def test_a_first_tag_ends_the_reference_that_is_open() -> None:
    """So one whose last line is missing costs no other."""
    assert _blocks(b"TY: a\nTI: b\nTY: c\n") == [(1, b"TY: a\nTI: b\n", True), (3, b"TY: c\n", True)]


def test_an_orphan_begins_a_reference_only_between_two() -> None:
    """Inside one its tag is a field, and other lines between references begin none."""
    assert _blocks(b"TY: a\nTI: b\nER: \nKW: x\nTI: c\nER: \n") == [
        (1, b"TY: a\nTI: b\nER: \n", True),
        (4, b"KW: x\n", False),
        (5, b"TI: c\nER: \n", True),
    ]


def test_a_first_tag_may_come_behind_others() -> None:
    """Programs that sort the tags write so; behind a blank line it begins a reference of its own."""
    assert _blocks(b"TI: a\nTY: x\nAB: b\nER: \nTI: c\nTY: y\nER: \n") == [
        (1, b"TI: a\nTY: x\nAB: b\nER: \n", True),
        (5, b"TI: c\nTY: y\nER: \n", True),
    ]
    assert _blocks(b"TI: a\n\nTY: x\nTY: y\n") == [
        (1, b"TI: a\n\n", True),
        (3, b"TY: x\n", True),
        (4, b"TY: y\n", True),
    ]


def test_a_last_tag_outside_ends_nothing() -> None:
    """It is text."""
    assert _blocks(b"ER: \nTY: a\n") == [(1, b"ER: \n", False), (2, b"TY: a\n", True)]


def test_a_blank_line_ends_a_reference_where_the_format_says_so() -> None:
    """In others it is a part of the reference."""
    content = b"TY: a\n \nrest\n"
    assert _blocks(content, BLANK) == [(1, b"TY: a\n \n", True), (3, b"rest\n", False)]
    assert _blocks(content) == [(1, content, True)]


@given(st.integers(1, 12))
def test_a_return_at_the_end_of_a_chunk_is_one_line_end_with_what_follows(chunk: int) -> None:
    """Line numbers stay right."""
    content = b"TY: a\r\nER: \r\nTY: b\r\nER: \r\n"
    assert [block.line for block in split_tagged(_stream(content, chunk), SYNTAX)] == [1, 3]


def test_a_letter_that_is_not_utf8_rejects_its_reference() -> None:
    """Alone, with its first line."""
    first, rejected, last = _read(b"TY: a\nER: \nTY: b\nTI: caf\xe9\nER: \nTY: c\nER: \n")
    assert isinstance(first, Record) and isinstance(last, Record) and last.line == 6
    assert isinstance(rejected, Reject) and rejected.line == 3 and "0xE9" in rejected.reason


@pytest.mark.parametrize("long", [b"TI: " + b"x" * 5000 + b"\n", b"KW: goose\n" * 500])
def test_an_overlong_reference_is_one_reject(long: bytes) -> None:
    """On one line or many; a tag in the middle of a line that came in pieces begins nothing."""
    blocks = list(split_tagged(_stream(b"TY: a\n" + long + b"ER: \nTY: b\nER: \n", chunk=100), SYNTAX))
    assert max(len(block.data) for block in blocks) <= 1200
    problems = [block for block in blocks if block.problem]
    assert [(block.line, block.is_reference) for block in problems] == [(1, False)]
    assert "longer than 1000 bytes" in problems[0].problem
    assert [block.data for block in blocks if block.is_reference] == [b"TY: b\nER: \n"]
    records = _read(b"TY: a\n" + long + b"ER: \nTY: b\nER: \n")
    assert [type(record) for record in records] == [Reject, Record]


@pytest.mark.parametrize(("extra", "is_read"), [(0, True), (1, False)])
def test_a_reference_of_the_largest_size_is_read(extra: int, is_read: bool) -> None:
    """One byte more is too much."""
    content = b"TY: a\nTI: " + b"x" * (1000 - 16 + extra) + b"\nER: \n"
    (record,) = _read(content, limit=1000)
    assert len(content) == 1000 + extra and isinstance(record, Record) is is_read


def test_long_text_between_references_is_let_go() -> None:
    """It is no record, whatever its size, and only a part of it is held."""
    content = b"a note\n" * 30_000 + b"TY: a\nER: \n"
    blocks = list(split_tagged(_stream(content), SYNTAX))
    assert max(len(block.data) for block in blocks) <= CHUNK_BYTES + 10
    assert [(block.line, block.is_reference) for block in blocks][-1] == (30_001, True)
    assert not any(block.problem for block in blocks)


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([b"AB: text", b"", b"12."], 2),
        ([b"AB: text", b" ", b" <12> ", b"", b""], 2),
        ([b"AB: in", b"2020.", b""], 3),
        ([b"", b"12 geese"], 2),
        ([b"12"], 1),
        ([], 0),
    ],
)
def test_the_number_of_the_next_reference_is_no_text(lines: list[bytes], kept: int) -> None:
    """Behind a blank line; right behind a text, a number ends its sentence."""
    assert without_number(lines) == lines[:kept]


def test_a_block_without_a_reference_is_text() -> None:
    """Nothing is wrong with it."""
    assert TaggedBlock(3, b"x\n") == TaggedBlock(3, b"x\n", is_reference=False, problem="")


_PIECES = st.sampled_from(["TY: book", "TI: A", "ER: ", "AB: b", "text", "\n", "\r\n", "\r", "1.", " ", "C1: x", "é"])


@given(st.lists(_PIECES, max_size=40), st.integers(1, 30), st.integers(5, 100))
def test_blocks_are_the_content(pieces: list[str], chunk: int, limit: int) -> None:
    """Whatever lines come, all bytes are in the blocks once, in order, whatever the chunks and the limit."""
    content = "".join(pieces).encode()
    chunks = (content[start : start + chunk] for start in range(0, len(content), chunk))
    assert b"".join(block.data for block in split_tagged(ByteStream("x", chunks, limit), SYNTAX)) == content


def test_a_format_names_its_fields() -> None:
    """Where its tags are not names that every format shares."""
    syntax = replace(SYNTAX, fields=lambda values: {"title": values["TI"], "tags": sorted(values)})
    (record,) = _read(b"TY: A\nTI: Geese\nER: \n", syntax)
    assert isinstance(record, Record) and record.fields == {"title": ["Geese"], "tags": ["ER", "TI", "TY"]}
