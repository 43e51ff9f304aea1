"""Tests of data.readers.bibtex_blocks and data.readers.bibtex_entry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.bibtex_blocks import Block, split_blocks
from data.readers.sources import ByteStream


def blocks_of(content: bytes, chunk: int = 1 << 16, limit: int = 1 << 20) -> list[Block]:
    """Return the blocks of some content that comes in chunks of this size."""
    chunks = (content[start : start + chunk] for start in range(0, len(content), chunk))
    return list(split_blocks(ByteStream("x", chunks, limit)))


def read_entry(content: bytes) -> dict[str, list[bytes]]:
    """Return {name: the parts of its value} of the only entry in some content."""
    (block,) = [block for block in blocks_of(content) if block.entry or block.problem]
    assert block.entry, block.problem
    return {
        field.name: [block.data[part.start : part.stop] for part in field.parts] for field in block.entry.fields
    } | {"key": [block.entry.key]}


@pytest.mark.parametrize(
    ("content", "key", "title"),
    [
        (b"@article{k, title = {A {B} c}}", b"k", [b"A {B} c"]),
        (b"@ARTICLE ( k , title = {A (B)} )", b"k", [b"A (B)"]),
        (b"@article{k, title = \"A {\"} B\", year = 2020}", b"k", [b'A {"} B']),
        (b"@article{k, title = \"The \"new\" maps, \"old\" ones\" , year=2020}", b"k", [b'The "new" maps, "old" ones']),
        (b"@article{k, title = {A} # b # \"C\"}", b"k", [b"A", b"b", b"C"]),
        (b"@article{k, title = fl}", b"k", [b"fl"]),
        (b"@article{k, title = Plain words, year = 2020}", b"k", [b"Plain words"]),
        (b"@article{k, title = {A}\n year = 2020}", b"k", [b"A"]),
        (b"@article{k, year = 2020 title = {A}}", b"k", [b"A"]),
        (b"@article{k title = {A}}", b"k", [b"A"]),
        (b"@article{Doe et al. 2020 title = {A}}", b"Doe et al. 2020", [b"A"]),
        (b"@article{title = {A}}", b"", [b"A"]),
        (b"@article{ , title = {A},,\n}", b"", [b"A"]),
        (b"@article{10.1145/1.2:3_x'y, title = {A}}", b"10.1145/1.2:3_x'y", [b"A"]),
        (b"@article{D{\\\"o}e(2020), title = {A}}", b"D{\\\"o}e(2020)", [b"A"]),
        (b"@article{k, title = {Ends with a break \\\\}, year = 2020}", b"k", [b"Ends with a break \\\\"]),
        (b"@article{k, title = {A set \\{x\\} and \\}}, year = 2020}", b"k", [b"A set \\{x\\} and \\}"]),
        (b"@article{k, file = {C:\\papers\\}, title = {A}}", b"k", [b"A"]),
        (b"@article{k, year = , title = {A}, note = }", b"k", [b"A"]),
        (b"@article{k,\n% title = {Old},\n title = {A} % the new one\n}", b"k", [b"A"]),
        (b"@article{k,\r  bdsk-url-1 = {x},\r  author+an = {1=y},\r  title = {A}\r}", b"k", [b"A"]),
    ],
)  # fmt: skip
def test_an_entry(content: bytes, key: bytes, title: list[bytes]) -> None:
    """Whatever programs and people write as an entry is read, with commas or without."""
    fields = read_entry(content)
    assert (fields["key"], fields["title"]) == ([key], title)


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (b"@misc{a, t={A}} @misc{b, t={B}}@misc{c,t={C}}}\n1. @misc{d, t={D}}", ["misc"] * 4),
        (b"% @misc{a, t={A}}\n  % old: @misc{b, t={B}}\n@misc{c, t={C}}", ["misc"]),
        (b"@comment{\n@misc{old, t={A}}\n}\n@misc{b, t={B}}", ["comment", "misc"]),
        (b"@comment{never closed\n@misc{b, t={B}}", ["misc"]),
        (b"@comment(in (a) )@misc{b, t={B}}", ["comment", "misc"]),
        (b"Mail doe@a.example (or @see the page).\n@misc{b, t={B}}", ["misc"]),
        (b'@preamble{"\\newcommand{\\x}{y}"}\n@string(a = "b")\n@misc{b, t=a}', ["preamble", "string", "misc"]),
        (b"@misc{a, t={\n@override (of Java)\n@type{int}\n@misc{x, y}\n}}\n@misc{b, t={B}}", ["misc", "misc"]),
        (b"Scopus\nEXPORT DATE: 1 January\n\n@ARTICLE{Doe2020,\n\ttitle={A}\n}", ["article"]),
    ],
)
def test_what_begins_an_entry(content: bytes, kinds: list[str]) -> None:
    """Comments, addresses and annotations in texts begin none; an entry may follow another on its line."""
    assert [block.entry.kind for block in blocks_of(content) if block.entry] == kinds
    assert not any(block.problem for block in blocks_of(content))


@pytest.mark.parametrize(
    "bad",
    [
        b"@misc{x, t = {never closed",
        b'@misc{x, t = "never closed',
        b"@misc{x, t {a}}",
        b"@misc{x, t = {a} {b}}",
        b"@misc(x, t = {a}",
        b"@misc{x, t = {closed}, year = 2020",
        b'@misc{x, t = "open { brace", year = 2020}',
        b"@misc{x,\n t = {closes the entry,\n year = {2020}\n}\n",
    ],
)
def test_a_broken_entry_costs_no_other(bad: bytes) -> None:
    """The entry after one that is broken, or never ends, is found at its line."""
    blocks = [block for block in blocks_of(b"@misc{a, t={A}}\n" + bad + b"\n@misc{b, t={B}}") if block.data.strip()]
    first, broken, last = blocks
    assert first.entry and last.entry and last.entry.key == b"b"
    assert (first.line, broken.line, last.line) == (1, 2, 3 + bad.count(b"\n"))
    assert broken.problem and broken.data.startswith(bad[:10])


def test_many_broken_entries_are_no_text() -> None:
    """A text does not hold twenty entries: its end is missing."""
    content = b"@misc{x, t = {never closed\n" + b"@misc{y, t = {Y}}\n" * 50
    assert [bool(block.entry) for block in blocks_of(content) if block.data.strip()] == [False] + [True] * 50


def test_overlong_blocks_are_bounded() -> None:
    """No block is much longer than the limit; an overlong entry is one problem, and reading goes on behind it."""
    long = b"@misc{x, t = {" + b"word {x}\n" * 100_000 + b"}}"
    blocks = blocks_of(long + b"\n@misc{b, t={B}}", limit=100_000)
    assert max(len(block.data) for block in blocks) < 300_000
    assert [block.problem[:30] for block in blocks if block.problem] == ["The record is longer than 1000"]
    assert [(block.line, block.entry.key) for block in blocks if block.entry] == [(100_002, b"b")]


_PIECES = st.sampled_from(
    [b"@", b"@misc{a,", b"\n@misc{k, t = {A}}\n", b"@comment{", b"{", b"}", b'"', b"\\", b"=", b",", b"#", b"(", b")",
     b"%", b"\n", b"\r", b" ", b"word", b"t = ", b"\xff", b"@string(", b"@article(k, "]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=40), st.integers(1, 40), st.integers(10, 400))
def test_blocks_are_the_content(pieces: list[bytes], chunk: int, limit: int) -> None:
    """Whatever bytes come: all of them are in the blocks once, in order, whatever the chunks and the limit."""
    content = b"".join(pieces)
    blocks = blocks_of(content, chunk, limit)
    assert b"".join(block.data for block in blocks) == content
    assert blocks_of(content, 1 << 16, limit) == blocks or limit < len(content)
