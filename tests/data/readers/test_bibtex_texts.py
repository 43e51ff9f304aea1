"""Tests of data.readers.bibtex_texts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.bibtex_texts import MARKS, MARKS_WITHOUT_ESCAPES, MOST_ENTRIES, TextEnds, Unclosed
from data.readers.sources import ByteStream
from data.readers.window import Window


def _ends(content: bytes, chunk: int = 1 << 16, marks: re.Pattern[bytes] = MARKS, limit: int = 1 << 20) -> TextEnds:
    chunks = (content[start : start + chunk] for start in range(0, len(content), chunk))
    return TextEnds(Window(ByteStream("x", chunks).read), limit, marks, MOST_ENTRIES)


@pytest.mark.parametrize("chunk", [1, 5, 100])
@pytest.mark.parametrize("text", [b"{}", b"{a {b} c}", rb"{a \} \{ b}", rb"{ends \\}", b'{"}', b"{@misc{a,}}"])
def test_a_group_ends_at_its_brace(text: bytes, chunk: int) -> None:
    """Inner braces count, escaped ones do not, whatever the chunks."""
    assert _ends(text + b"}, x = {y}", chunk).group_end(0) == len(text)


@pytest.mark.parametrize("chunk", [1, 5, 100])
@pytest.mark.parametrize("text", [b'""', b'"a {"} b"', b'"she said "honk" twice"', rb'"a \" b"', b'"a {b"c} d"'])
def test_a_quoted_text_ends_where_a_field_follows(text: bytes, chunk: int) -> None:
    """A mark inside a text is followed by more of it."""
    assert _ends(text + b", x = {y}\n}", chunk).quoted_end(0) == len(text)


def test_without_escapes_a_backslash_is_a_letter() -> None:
    """As in the paths of Windows."""
    assert _ends(rb"{C:\papers\}, x", marks=MARKS_WITHOUT_ESCAPES).group_end(0) == 12


def test_blocks_end_at_their_brace_or_parenthesis() -> None:
    """A commented library is one block, whatever entries it has."""
    library = b"{" + b"\n@misc{a,\n}" * (2 * MOST_ENTRIES) + b"}"
    assert _ends(library).block_end(0, b"}") == len(library)
    assert _ends(b"(a (b) c)").block_end(0, b")") == 6


@pytest.mark.parametrize("content", [b"{a", b'"a', b"{" + b"\n@misc{a,\n}" * (2 * MOST_ENTRIES)])
def test_a_text_without_an_end(content: bytes) -> None:
    """It ends with the input, or has swallowed too many entries."""
    ends = _ends(content)
    with pytest.raises(Unclosed):
        ends.quoted_end(0) if content.startswith(b'"') else ends.group_end(0)


def test_no_more_than_the_limit_is_held() -> None:
    """A text over it is as one without an end."""
    with pytest.raises(Unclosed):
        _ends(b"{" + b"x" * 10_000 + b"}", chunk=100, limit=1000).group_end(0)


@given(st.text(st.sampled_from('{}"\\a@ \n'), max_size=30), st.integers(1, 30))
def test_where_chunks_end_does_not_matter(text: str, chunk: int) -> None:
    """The end is the same, or there is none."""
    content = b"{" + text.encode()

    def end(size: int) -> int:
        try:
            return _ends(content, size).group_end(0)
        except Unclosed:
            return -1

    assert end(chunk) == end(1000)
