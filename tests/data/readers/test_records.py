"""Records and rejects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import RecordError, Reject
from data.readers.records import EXCERPT_CHARACTERS, decode_utf8, reject, too_long


@given(st.one_of(st.text(max_size=2000), st.binary(max_size=2000)))
def test_an_excerpt_is_one_short_printable_line(content: str | bytes) -> None:
    """Whatever a record holds, the reject can be shown on a terminal."""
    excerpt = reject("papers.jsonl", 3, "Bad.", content).excerpt
    assert len(excerpt) <= EXCERPT_CHARACTERS
    assert excerpt.isprintable() and excerpt == " ".join(excerpt.split())


def test_a_reject_says_where_and_why() -> None:
    """With the first words of what could not be read."""
    expected = Reject("papers.jsonl", 3, "Bad.", '{"title": "Salmon"')
    assert reject("papers.jsonl", 3, "Bad.", b'{"title":\n\t"Salmon"') == expected


def test_text_is_utf8_or_the_record_is_refused() -> None:
    """A byte order mark is no text; a wrong byte is named."""
    assert decode_utf8("\ufeffLachs für alle".encode()) == "Lachs für alle"
    with pytest.raises(RecordError, match=r"byte 0xFC"):
        decode_utf8(b"Lachs f\xfcr alle")


def test_the_limit_is_told_in_a_readable_unit() -> None:
    """MiB where it is that large."""
    assert "longer than 16 MiB" in too_long(16 << 20)
    assert "longer than 500 bytes" in too_long(500)
