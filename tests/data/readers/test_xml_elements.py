"""Tests of data.readers.xml_elements and data.readers.xml_records."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import read_papers, read_records
from data.readers.sources import ByteStream
from data.readers.xml_elements import root_name, split_elements

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]


@pytest.mark.parametrize(
    "bad",
    [
        "<entry><title>x</entry>",
        "<entry><title>x < y</title><b></entry>",
        "<entry><title>&undefined;</title></entry>",
        "<entry><title>never closed</title>",
        "<entry><id>1</id></entry>",
        "<entry><title>\x01</title></entry>",
        "<entry/>",
        "<entry>" + "<a>" * 5000 + "</a>" * 5000 + "</entry>",
        "<entry><title>" + "<b>" * 5000 + "x" + "</b>" * 5000 + "</title></entry>",
    ],
)
def test_a_bad_record_is_rejected_alone(read_content: ReadContent, titles: Titles, bad: str) -> None:
    """A record that is not well-formed, or says nothing, does not take the next one with it."""
    content = f"<feed><entry><title>A</title></entry>\n{bad}\n<entry><title>B</title></entry></feed>"
    assert titles(read_content(content)) == ["A", 2, "B"]


def test_tags_in_comments_and_cdata_are_text(read_content: ReadContent, titles: Titles) -> None:
    """They begin and end no record."""
    content = (
        "<feed><!-- <entry><title>old</title></entry> --><entry><title><![CDATA[A <entry> & </entry>]]></title></entry>"
        "<entry><title>B</title><!-- </entry> --></entry></feed>"
    )
    assert titles(read_content(content)) == ["A <entry> & </entry>", "B"]


def test_another_encoding(read_content: ReadContent, titles: Titles) -> None:
    """The encoding that the document declares is used."""
    content = "<?xml version='1.0' encoding='ISO-8859-1'?><feed><entry><title>Gänse</title></entry></feed>"
    assert titles(read_content(content.encode("latin-1"))) == ["Gänse"]


def test_cut_off(read_content: ReadContent, titles: Titles) -> None:
    """The record in which the file ends is rejected."""
    assert titles(read_content("<feed>\n<entry><title>A</title></entry>\n<entry><title>B</ti")) == ["A", 3]


def test_an_overlong_record_is_skipped(tmp_path: Path) -> None:
    """A record over the limit is one Reject, also when it and the others are on one line."""
    path = tmp_path / "papers.xml"
    long = "<entry><title>" + "x" * 300_000 + "</title></entry>"
    path.write_text(f"<feed><entry><title>A</title></entry>{long}\n<entry><title>B</title></entry></feed>")
    records = list(read_records([path], record_bytes=1000))
    assert [(type(item).__name__, item.line) for item in records] == [
        ("Record", 1),
        ("Reject", 1),
        ("Record", 2),
    ]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<feed>", "feed"),
        (b"\n<?xml version='1.0'?>\n<!-- > -->\n<!DOCTYPE a SYSTEM 'a.dtd'><x:rss version='2'>", "rss"),
        (b"<!DOCTYPE a [<!ENTITY b '<c>'>]>\n<dblp>", "dblp"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"<?xml", ""),
        (b"<!-- never closed", ""),
        (b"text <a>", ""),
        (b"", ""),
    ],
)
def test_the_root_of_a_document(head: bytes, name: str) -> None:
    """It is found behind declarations and comments."""
    assert root_name(head) == name


@given(
    st.lists(st.sampled_from(["<a>", "</a>", "<a/>", "<!--", "-->", "<![CDATA[", "]]>", "x", "\n", "<", ">", "<b>"]))
)
def test_elements_do_not_depend_on_chunks(pieces: list[str]) -> None:
    """Where chunks end does not matter."""
    content = "".join(pieces).encode()
    whole = list(split_elements(ByteStream("x", iter([content] if content else [])), ["a"]))
    single = (content[start : start + 1] for start in range(len(content)))
    assert list(split_elements(ByteStream("x", single), ["a"])) == whole


@given(st.lists(st.text(st.characters(exclude_categories=["C"], exclude_characters="&<>"))), st.integers(0, 80))
def test_every_entry_comes_back(texts: list[str], shift: int) -> None:
    """Any text comes back, wherever chunks end."""
    entries = "".join(f"<entry><title>t{escape(text)}</title></entry>\n" for text in texts)
    # the padding moves the end of the first chunk through the entries
    content = (
        "<feed>" + "\n" * 10 + "<entry><title>" + "x" * (65536 - 60 - shift) + f"</title></entry>\n{entries}</feed>"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.xml")
        path.write_bytes(content.encode())
        records = list(read_records([path]))[1:]
        assert len(list(read_papers([path]))) == len(texts) + 1
    assert [(item.line, item.fields["title"]) for item in records if not isinstance(item, Reject)] == [
        (12 + number, " ".join(f"t{text}".split())) for number, text in enumerate(texts)
    ]
