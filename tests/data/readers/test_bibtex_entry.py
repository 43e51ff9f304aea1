"""The grammar of one BibTeX entry: key, fields and parts, where each is, and what is no entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.bibtex_entry import parse_entry
from data.readers.bibtex_texts import MARKS_WITHOUT_ESCAPES, Malformed, Unclosed
from data.readers.sources import ByteStream
from data.readers.window import Window


def _window(content: bytes, chunk: int = 1 << 16) -> Window:
    chunks = (content[start : start + chunk] for start in range(0, len(content), chunk))
    return Window(ByteStream("x", chunks).read)


def _fields(content: bytes, chunk: int = 1 << 16) -> dict[str, list[bytes]]:
    """{name: the parts of its value} of the entry at the start of some content."""
    entry = parse_entry(_window(content, chunk), 1 << 20)
    return {field.name: [content[part.start : part.stop] for part in field.parts] for field in entry.fields}


ENTRY = b'@Article{geese:1, title = {Geese {on} "lakes"} # jb # "and { \\"u } more", year=2020 note = {x}\n} after'


def test_every_part_of_an_entry_is_known_by_its_place() -> None:
    """What is written back later changes these bytes alone."""
    entry = parse_entry(_window(ENTRY), 1 << 20)
    assert (entry.kind, entry.key) == ("article", b"geese:1")
    assert ENTRY[entry.stop :] == b" after"
    assert [ENTRY[field.start : field.stop] for field in entry.fields] == [
        b'title = {Geese {on} "lakes"} # jb # "and { \\"u } more"',
        b"year=2020",
        b"note = {x}",
    ]
    assert [(ENTRY[part.start : part.stop], part.bare) for part in entry.fields[0].parts] == [
        (b'Geese {on} "lakes"', False),
        (b"jb", True),
        (b'and { \\"u } more', False),
    ]
    assert entry.fields[1].parts[0].bare


def test_places_are_counted_from_the_entry_on() -> None:
    """Also behind other text in the window."""
    window = _window(b"text before\n" + ENTRY)
    window.has(100)
    window.drop(12)
    assert parse_entry(window, 1 << 20) == parse_entry(_window(ENTRY), 1 << 20)


@given(st.integers(1, len(ENTRY)))
def test_where_chunks_end_does_not_matter(chunk: int) -> None:
    """A mark, a name or a number may be cut in two."""
    assert parse_entry(_window(ENTRY, chunk), 1 << 20) == parse_entry(_window(ENTRY), 1 << 20)


@pytest.mark.parametrize(
    ("content", "kind", "stop"),
    [
        (b"@comment{ @misc{a, title={A}} } x", "comment", 31),
        (b"@Comment(in (a) ) x", "comment", 15),
        (b'@preamble{"\\newcommand{\\x}{y}"} x', "preamble", 31),
        (b"@comment{" + b"\n@misc{a,\n" * 50 + b"}" * 51, "comment", 560),
    ],
)
def test_blocks_without_fields(content: bytes, kind: str, stop: int) -> None:
    """A comment may hold a whole library; its braces or parentheses alone say where it ends."""
    entry = parse_entry(_window(content), 1 << 20)
    assert (entry.kind, entry.key, entry.fields, entry.stop) == (kind, b"", (), stop)


def test_a_macro_has_no_key() -> None:
    """Its one field begins at once."""
    content = b"@string{jb = {Journal of Birds}}"
    assert parse_entry(_window(content), 1 << 20).key == b""
    assert _fields(content) == {"jb": [b"Journal of Birds"]}
    assert _fields(b"@string(jb = fj)") == {"jb": [b"fj"]}


@pytest.mark.parametrize(
    "content",
    [
        b"text",
        b"@{a, title={A}}",
        b"@misc a, title={A}",
        b"@misc{x, t {a}}",
        b"@misc{x, t = {a} {b}}",
        b"@misc{{x} title = {A}}",
        b"@misc{x, = {a}}",
    ],
)
def test_what_is_no_entry(content: bytes) -> None:
    """The sentence says what to look at."""
    with pytest.raises(Malformed, match="not valid BibTeX; check its commas, braces and quotes") as caught:
        parse_entry(_window(content), 1 << 20)
    assert not isinstance(caught.value, Unclosed)


@pytest.mark.parametrize("content", [ENTRY[:stop] for stop in (17, 30, 40, 50, 70, 90, 95)] + [b"@comment(a", b"@x{"])
def test_an_entry_that_ends_too_early_is_told_apart(content: bytes) -> None:
    """More of the stream, or other braces, might help."""
    with pytest.raises(Unclosed, match="a closing brace is missing"):
        parse_entry(_window(content), 1 << 20)


def test_no_more_than_the_limit_is_held() -> None:
    """A text that never ends is given up, and the rest of the stream is not read."""
    window = _window(b"@misc{x, t = {" + b"word " * 100_000, 1000)
    with pytest.raises(Unclosed):
        parse_entry(window, 10_000)
    assert 10_000 < len(window.data) < 20_000


def test_a_backslash_takes_the_next_character_along() -> None:
    """So that a brace may stand in a text; in paths of Windows it does not, which the second way of reading knows."""
    path = b"@misc{x, file = {C:\\papers\\}, title = {A}}"
    with pytest.raises(Unclosed):
        parse_entry(_window(path), 1 << 20)
    entry = parse_entry(_window(path), 1 << 20, MARKS_WITHOUT_ESCAPES)
    assert [field.name for field in entry.fields] == ["file", "title"]
    assert _fields(b"@misc{x, t = {a set \\{x\\} and \\}}}") == {"t": [b"a set \\{x\\} and \\}"]}
    assert _fields(b"@misc{x, t = {a line \\\\}, u = {}}") == {"t": [b"a line \\\\"], "u": [b""]}


@pytest.mark.parametrize(("lines", "whole"), [(2, True), (3, False)])
def test_a_text_may_have_some_lines_like_entries(lines: int, whole: bool) -> None:
    """One with more of them has swallowed entries, in braces as in quotation marks."""
    for start, end in ((b"{", b"}"), (b'"', b'"')):
        content = b"@misc{x, t = " + start + b"\n@misc{k, }" * lines + end + b"}"
        if whole:
            assert parse_entry(_window(content), 1 << 20, most_entries=2).stop == len(content)
        else:
            with pytest.raises(Unclosed):
                parse_entry(_window(content), 1 << 20, most_entries=2)


def test_quotation_marks_in_a_text_do_not_end_it() -> None:
    """Where what follows is neither a field nor the end; a comma within a sentence is none."""
    content = b'@misc{x, t = "The "new" maps, "old" ones, and {"} more" , u = "b"}'
    assert _fields(content) == {"t": [b'The "new" maps, "old" ones, and {"} more'], "u": [b"b"]}
    assert _fields(b'@misc{x, t = "a" u = "b" % c\n}') == {"t": [b"a"], "u": [b"b"]}
