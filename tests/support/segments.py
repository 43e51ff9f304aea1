"""Files in pieces, to tell that nothing but some of the pieces was changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Segment(NamedTuple):
    """A piece of a file, and whether it may be changed."""

    text: str
    is_gap: bool = False


def content_of(segments: Sequence[Segment]) -> str:
    """Return the file."""
    return "".join(segment.text for segment in segments)


def changed_gaps(segments: Sequence[Segment], written: str) -> list[tuple[str, str]]:
    """Return (before, after) of each piece that may be changed.

    Raises:
        AssertionError: something else is not as it was.
    """
    pattern = "".join("(.*?)" if segment.is_gap else re.escape(segment.text) for segment in segments)
    found = re.fullmatch(pattern, written, re.DOTALL)
    assert found is not None, (content_of(segments), written)
    return list(zip((segment.text for segment in segments if segment.is_gap), found.groups(), strict=True))
