"""Ranges of a file's bytes have every line once."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.readers import byte_ranges
from data.readers.byte_ranges import LinesOfRange
from tests.support.properties import SHARED_FIXTURES

CONTENT = st.lists(st.sampled_from([b"a", b"bb", b"\n", b"\r\n", b"ccccc"]), max_size=20).map(b"".join)


def lines_of(content: bytes, start: int, stop: int, size: int = 3) -> bytes:
    """What a range gives, read in pieces."""
    part = LinesOfRange(io.BytesIO(content), start, stop)
    return b"".join(iter(lambda: part.read(size), b""))


@settings(suppress_health_check=SHARED_FIXTURES)
@given(CONTENT, st.lists(st.integers(0, 40), max_size=4), st.integers(1, 9))
def test_ranges_side_by_side_have_every_line_once(
    monkeypatch: pytest.MonkeyPatch, content: bytes, cuts: list[int], chunk_bytes: int
) -> None:
    """Whole, in order, wherever the cuts are and however little is read at a time."""
    monkeypatch.setattr(byte_ranges, "CHUNK_BYTES", chunk_bytes)
    bounds = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    parts = [lines_of(content, start, stop) for start, stop in pairwise(bounds)]
    assert b"".join(parts) == content
    assert all(part.endswith(b"\n") for part in parts[:-1] if part and not content.endswith(part))


def test_a_line_belongs_to_the_range_in_which_it_begins() -> None:
    """Also the one that begins with the range."""
    assert lines_of(b"one\ntwo\nthree\n", 0, 4) == b"one\n"
    assert lines_of(b"one\ntwo\nthree\n", 4, 5) == b"two\n"
    assert lines_of(b"one\ntwo\nthree\n", 5, 8) == b""
    assert lines_of(b"one\ntwo\nthree\n", 8, 14) == b"three\n"
