"""Elements of XML as records: names without prefixes, entities, and the texts in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from data.papers import Paper, RecordError, Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.xml_records import children, joined_date, markup, read_elements, text, texts

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]


def test_entities_do_not_expand(read_content: ReadContent) -> None:
    """A document of nested entities costs nothing: its declarations are never read."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    content = f'<!DOCTYPE feed [<!ENTITY l0 "ha">{laughs}]><feed><entry><title>&l9;</title></entry></feed>'
    (rejected,) = read_content(content)
    assert isinstance(rejected, Reject) and "undefined entity" in rejected.reason


def test_declarations_inside_a_record_are_refused(read_content: ReadContent) -> None:
    """An element cannot declare an entity of its own."""
    (rejected,) = read_content('<feed><entry><!DOCTYPE x [<!ENTITY e "ha">]><title>&e;</title></entry></feed>')
    assert isinstance(rejected, Reject)


def test_external_entities_are_not_opened(read_content: ReadContent, tmp_path: Path) -> None:
    """A document cannot make the reader open a file."""
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    content = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><feed><entry><title>&e;</title></entry></feed>'
    assert "hidden" not in str(read_content(content))


def test_characters(read_content: ReadContent, titles: Titles) -> None:
    """Entities of HTML are resolved, what XML does not allow becomes a blank, prefixes need no declaration."""
    title = "G&auml;nse&nbsp;&amp; M&#246;wen&#x2014;na&iuml;ve &#0;\x0b&lt;3"
    content = f"<a:feed><a:entry b:c='d'><a:title>{title}</a:title></a:entry></a:feed>"
    assert titles(read_content(content)) == ["Gänse & Möwen—naïve <3"]


def _fields(element: Element) -> Mapping[str, object] | None:
    if text(element) == "none":
        return None
    if text(element) == "bad":
        raise RecordError("It is bad.")
    return {"tag": element.tag, "text": text(element), **element.attrib}


def _read(content: str | bytes) -> list[Record | Reject]:
    data = content if isinstance(content, bytes) else content.encode()
    return list(read_elements(ByteStream("x.xml", iter([data])), ["r"], _fields))


def test_what_is_no_paper_is_left_out_and_what_is_none_but_should_be_is_rejected() -> None:
    """Each with its line."""
    first, rejected, last = _read("<a>\n<r>one</r><r>none</r>\n<r>bad</r>\n<r>two</r></a>")
    assert isinstance(first, Record) and (first.line, first.fields["text"]) == (2, "one")
    assert isinstance(rejected, Reject) and (rejected.file, rejected.line) == ("x.xml", 3)
    assert (rejected.reason, rejected.excerpt) == ("It is bad.", "<r>bad</r>")
    assert isinstance(last, Record) and last.line == 4


def test_names_are_local_whatever_declares_their_prefixes() -> None:
    """An outer element, the record itself, or nothing at all; of attributes too."""
    for content in (
        '<a xmlns:p="urn:p"><p:r p:k="v">t</p:r></a>',
        '<a><p:r xmlns:p="urn:p" p:k="v">t</p:r></a>',
        '<a><p:r p:k="v">t</p:r></a>',
        '<a xmlns="urn:p"><r k="v">t</r></a>',
    ):
        (record,) = _read(content)
        assert isinstance(record, Record) and record.fields == {"tag": "r", "text": "t", "k": "v"}


def test_prefixes_that_were_declared_for_one_record_serve_the_next() -> None:
    """And hundreds of them, as hostile documents have, do not add up."""
    content = "".join(f"<p{number}:r><p{number}:b>t{number}</p{number}:b></p{number}:r>\n" for number in range(300))
    records = _read(f"<a>{content}<p0:r>again</p0:r></a>")
    assert [record.fields["text"] for record in records if isinstance(record, Record)] == [
        *(f"t{number}" for number in range(300)),
        "again",
    ]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("&auml;&nbsp;&lt;b&gt;&amp;amp;", "ä <b>&amp;"),
        ("&lang;x&NotEqualTilde;y", "⟨x≂̸y"),
        ("&#228;&#xE4;&#x1F41F;", "ää🐟"),
        ("a&#0;b&#x1;c&#xD800;d&#xFFFE;e&#x110000;f", "a b c d e f"),
        ("a&#9;b&#10;c&#13;d&#x20;e", "a b c d e"),
        ("a\x0bb\x01c", "a b c"),
        ("&lt;&quot;&apos;&gt;", "<\"'>"),
        ("a & b, c < d", "a & b, c < d"),
    ],
)
def test_characters_by_name_and_number(inner: str, expected: str) -> None:
    """Those of HTML too, whatever is declared; what XML has no place for is a blank."""
    (record,) = _read(f"<a><r>{inner}</r></a>")
    assert isinstance(record, Record) and record.fields["text"] == expected


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("&geese;", "undefined entity"),
        ("<b k=1/>", "not well-formed"),
        ("<b></c></b>", "mismatched tag"),
        ("<b k='1' k='2'/>", "duplicate attribute"),
    ],
)
def test_what_is_not_well_formed_is_said(inner: str, reason: str) -> None:
    """With what the parser found, and it costs no other record."""
    rejected, last = _read(f"<a><r>{inner}</r><r>b</r></a>")
    assert isinstance(rejected, Reject) and reason in rejected.reason
    assert isinstance(last, Record)


def test_a_record_that_is_nested_too_deeply_is_said() -> None:
    """Texts with tags are read level by level, and of those Python takes only so many."""
    content = "<a><r>" + "<b>" * 5000 + "</b>" * 5000 + "</r><r>b</r></a>"
    rejected, last = read_elements(ByteStream("x", iter([content.encode()])), ["r"], lambda each: {"a": markup(each)})
    assert isinstance(rejected, Reject) and "nested too deeply" in rejected.reason
    assert isinstance(last, Record)


def test_bytes_that_are_not_utf8() -> None:
    """The byte is named."""
    (rejected,) = _read(b"<a><r>caf\xe9</r></a>")
    assert isinstance(rejected, Reject) and "byte 0xE9" in rejected.reason


TREE = fromstring("<r>a <i>b<u> c</u></i><n>note</n>\n d <e/><i> f </i> </r>")


def test_texts_of_elements() -> None:
    """Without tags, with single blanks; no element has no text."""
    assert text(TREE) == "a b cnote d f" and text(None) == ""
    assert texts(TREE) == ["b c", "note", "f"]
    assert [child.tag for child in children(TREE, "n", "i")] == ["i", "n", "i"]
    assert children(TREE, "u") == []


def test_inner_elements_as_tags() -> None:
    """As they are called, under another name, without their tag, or not at all."""
    assert markup(TREE) == "a <i>b<u> c</u></i><n>note</n> d <e></e><i> f </i>"
    names = {"i": "em", "u": "", "n": None}
    assert markup(TREE, lambda child: names.get(child.tag, "x")) == "a <em>b c</em> d <x></x><em> f </em>"
    assert markup(None) == ""


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        ("<year>2024</year><month>2</month><day>1</day>", "2024-02-01"),
        ("<Year>2024</Year><Month>12</Month>", "2024-12"),
        ("<year>2024</year><month>Feb</month><day>1</day>", "2024"),
        ("<year>2024</year><day>1</day>", "2024"),
        ("<year>20244</year>", ""),
        ("<year>2024</year><month>012</month>", "2024"),
        ("<month>2</month>", ""),
        ("<year> 987 </year>", "0987"),
    ],
)
def test_a_date_in_parts(parts: str, date: str) -> None:
    """Up to the first part that is no number or too long for one."""
    assert joined_date(fromstring(f"<d>{parts}</d>")) == date
    assert joined_date(None) == ""
