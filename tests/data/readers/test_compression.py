"""Compressed content, in pieces and members of any size."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from data.readers.compression import UNPACKING_ERRORS, decompressed

_COMPRESS: tuple[Callable[[bytes], bytes], ...] = (gzip.compress, zstandard.compress, bz2.compress, lzma.compress)


@given(
    st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4), st.integers(1, 50), st.sampled_from(_COMPRESS)
)
def test_members_are_one_content(members: list[bytes], step: int, compress: Callable[[bytes], bytes]) -> None:
    """However the pieces are cut."""
    packed = b"".join(map(compress, members))
    pieces = (packed[start : start + step] for start in range(0, len(packed), step))
    assert b"".join(decompressed(pieces)) == b"".join(members)


@given(st.lists(st.binary(min_size=1, max_size=9)))
def test_other_content_stays_as_it_is(pieces: list[bytes]) -> None:
    """Unless it begins as compressed content does, it is no business of this module."""
    content = b"x" + b"".join(pieces)
    assert b"".join(decompressed(iter([b"x", *pieces]))) == content


@pytest.mark.parametrize("compress", _COMPRESS)
def test_what_breaks_off_is_damaged(compress: Callable[[bytes], bytes]) -> None:
    """It is said, and not taken for the end."""
    packed = compress(bytes(range(256)) * 9)
    with pytest.raises(UNPACKING_ERRORS):
        list(decompressed(iter([packed[:-6]])))


@pytest.mark.parametrize("compress", _COMPRESS)
def test_little_that_unfolds_to_much_comes_in_parts(compress: Callable[[bytes], bytes]) -> None:
    """None of which is more than 32 MiB."""
    pieces = decompressed(iter([compress(bytes(100 << 20))]))
    sizes = [len(piece) for piece in pieces]
    assert sum(sizes) == 100 << 20
    assert max(sizes) <= 32 << 20
