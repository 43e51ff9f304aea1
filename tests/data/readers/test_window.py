"""Tests of data.readers.window."""

import re

from hypothesis import given
from hypothesis import strategies as st

from data.readers.window import Window


@given(st.lists(st.text("ab\r\n", min_size=1)), st.integers(1, 9))
def test_lines_are_counted_over_all_line_ends(texts: list[str], step: int) -> None:
    """What is dropped comes back, and the line is that of the start with any line ends, wherever drops cut."""
    content = "".join(texts).encode()
    chunks = iter([text.encode() for text in texts])
    window = Window(lambda: next(chunks, b""))
    dropped = b""
    while window.has(window.start + 1):
        window.has(window.start + step)
        dropped += window.drop(min(window.start + step, len(window.data)))
        assert window.line == len(re.findall(rb"\r\n|\r|\n", dropped)) + 1
    assert dropped == content


def test_only_what_is_in_use_is_held() -> None:
    """The window does not keep what was dropped."""
    window = Window(iter([b"x" * (1 << 16)] * 100 + [b""]).__next__)
    while window.more():
        window.drop(len(window.data) - 10)
        assert len(window.data) < 1 << 18
