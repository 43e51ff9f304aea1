"""Tests of data.readers.json_brackets."""

import json

from hypothesis import given
from hypothesis import strategies as st

from data.readers.json_brackets import Brackets


def found(content: bytes, size: int) -> list[tuple[int, int]]:
    """Return (place, byte) of all that is found in content that comes in pieces."""
    brackets, places = Brackets(), []
    for start in range(0, len(content), size):
        piece, at = content[start : start + size], 0
        while at < len(piece):
            at, byte = brackets.next(piece, at)
            if byte:
                places.append((start + at - 1, byte))
    return places


@given(st.lists(st.text(max_size=6), max_size=5), st.integers(1, 9))
def test_strings_have_no_brackets(texts: list[str], size: int) -> None:
    """Whatever stands in them, and wherever pieces end, the list has two."""
    content = json.dumps(texts).encode()
    assert found(content, size) == [(0, 0x5B), (len(content) - 1, 0x5D)]


def test_a_string_ends_with_its_line() -> None:
    """A missing quotation mark does not hide the next line."""
    assert found(b'{"a\n}"\\', 100) == [(0, 0x7B), (3, 0x0A), (4, 0x7D)]
    assert found(b'{"a\\\n}', 1) == [(0, 0x7B), (4, 0x0A), (5, 0x7D)]


@given(st.text(st.sampled_from('{}[]"\\\na')), st.integers(1, 9))
def test_pieces_do_not_matter(text: str, size: int) -> None:
    """The same is found whatever the pieces."""
    content = text.encode()
    assert found(content, size) == found(content, len(content) + 1)
