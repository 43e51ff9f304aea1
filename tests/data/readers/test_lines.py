"""Lines of a stream, however it is cut into chunks."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.lines import Line, bounded_lines
from data.readers.sources import ByteStream, DamagedInput


def _stream(content: bytes, size: int, limit: int = 1000) -> ByteStream:
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    return ByteStream("papers", iter([*pieces, b""]), limit)


@given(st.binary(max_size=200).filter(lambda content: b"\r" not in content), st.integers(1, 40))
def test_lines_are_those_of_the_content(content: bytes, size: int) -> None:
    """The cut into chunks changes nothing, nor does a last line without an end."""
    expected = content.removesuffix(b"\n").split(b"\n") if content else []
    assert [line.data for line in bounded_lines(_stream(content, size))] == expected


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_numbers_count_every_line_and_both_ends_are_cut(size: int) -> None:
    """LF and CRLF end a line; an empty line has a number too."""
    found = list(bounded_lines(_stream(b"a\r\n\r\nb\rc\nd\r", size)))
    assert found == [Line(1, b"a"), Line(2, b""), Line(3, b"b\rc"), Line(4, b"d")]


@pytest.mark.parametrize("size", [1, 7, 5000])
def test_an_overlong_line_is_only_begun(size: int) -> None:
    """No more of it is kept than a message shows; the lines around it are whole, one of the limit's length too."""
    content = b"first\n" + b"x" * 3000 + b"\n" + b"y" * 1000 + b"\nlast"
    first, overlong, longest, last = bounded_lines(_stream(content, size))
    assert (first, longest, last) == (Line(1, b"first"), Line(3, b"y" * 1000), Line(4, b"last"))
    assert overlong.overlong and overlong.number == 2
    assert overlong.data and len(overlong.data) <= 512 and set(overlong.data) == {ord("x")}


def test_a_last_line_that_damage_cuts_off_is_not_a_line() -> None:
    """Half a record must not be read as a whole one."""

    def chunks() -> Iterator[bytes]:
        yield b"whole\nhal"
        raise DamagedInput("breaks off")

    lines = bounded_lines(ByteStream("papers", chunks()))
    assert next(lines) == Line(1, b"whole")
    with pytest.raises(DamagedInput):
        next(lines)


@given(st.lists(st.binary(max_size=12)), st.integers(1, 9))
def test_lines_do_not_depend_on_chunks(chunks: list[bytes], limit: int) -> None:
    """Lines, their numbers and which are overlong are those of the joined content."""
    content = b"".join(chunks)
    expected = content.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    lines = list(bounded_lines(ByteStream("x", iter([chunk for chunk in chunks if chunk]), limit)))
    assert [line.number for line in lines] == list(range(1, len(expected) + 1))
    assert [line.overlong for line in lines] == [len(line) > limit for line in expected]
    assert all(
        line.data == text.removesuffix(b"\r") for line, text in zip(lines, expected, strict=True) if not line.overlong
    )


@given(st.lists(st.text("ab\r\n", min_size=1)))
def test_lines_may_end_with_carriage_returns(chunks: list[str]) -> None:
    """LF, CR LF and CR end lines, wherever chunks end; no other character does."""
    expected = re.split("\r\n|\r|\n", "".join(chunks))
    if expected[-1] == "":
        expected.pop()
    stream = ByteStream("x", iter([chunk.encode() for chunk in chunks]))
    assert [line.data.decode() for line in bounded_lines(stream, carriage_returns=True)] == expected
