"""Tests of data.readers.encodings."""

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import read_papers
from data.readers.encodings import GUESS, UTF8, Encoding, Restorer, as_utf8

ReadContent = Callable[..., list[Paper | Reject]]

TEXT = "Größe naïver “Modelle” — 5 € für Łódź und 東京"
WESTERN = "Größe naïver “Modelle” — 5 €"


def decoded(content: bytes, cut: int = 7) -> tuple[str, bool]:
    """Return the text of some content, read in chunks of `cut` bytes, and whether its encoding is a guess."""
    found: list[Encoding] = []
    chunks = (content[start : start + cut] for start in range(0, len(content), cut))
    text = b"".join(as_utf8(chunks, found.append)).decode("utf-8", "replace")
    return text, any(encoding.is_guess for encoding in found)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"], ids=lambda name: str(name)
)
def test_unicode_needs_no_guess(encoding: str) -> None:
    """With or without a byte order mark, the text comes back and nobody is warned."""
    assert decoded(f"id: {TEXT}".encode(encoding)) == (f"id: {TEXT}", False)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["Über: Łódź", "标题,摘要\n雁,湖上的雁\n", "É\nü", "\u3000题,\n"])
def test_utf16_without_a_mark_may_begin_with_any_letter(text: str, encoding: str) -> None:
    """The zero bytes of its commas and line ends tell it from other encodings."""
    assert decoded(text.encode(encoding)) == (text, False)


@pytest.mark.parametrize("text", [WESTERN, "plain ASCII and at the end one é"])
@given(cut=st.integers(4, 40))
def test_windows_1252_is_guessed(text: str, cut: int) -> None:
    """Text that cannot be UTF-8 is read as Windows-1252, which the note names, wherever chunks end."""
    assert decoded(text.encode("cp1252"), cut) == (text, True)
    assert "Windows-1252" in GUESS


@given(st.text(), st.integers(4, 40))
def test_any_utf8_text_is_utf8(text: str, cut: int) -> None:
    """No text in UTF-8 is taken for another encoding."""
    text = "text: " + text.replace("\0", "")
    assert decoded(text.encode(), cut) == (text, False)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF)), st.text(max_size=40), st.integers(4, 40))
def test_nuls_in_a_text_make_it_no_other(before: str, between: str, cut: int) -> None:
    """What a database left in a cell: most letters are no pairs with a zero byte."""
    text = f"title,abstract\n{before}\0{between}\0".replace("\ufeff", "")
    if text.count("\0") <= len(text) / 8:
        assert decoded(text.encode(), cut) == (text, False)


def test_a_damaged_letter_does_not_change_the_encoding(read_content: ReadContent) -> None:
    """One broken byte in a file of UTF-8 rejects the record with it and alters no other."""
    good, bad, last = read_content(b'{"title": "G\xc3\xa4nse"}\n{"title": "caf\xe9"}\n{"title": "Z\xc3\xbcge"}\n')
    assert isinstance(bad, Reject) and "not valid UTF-8 (byte 0xE9)" in bad.reason
    assert isinstance(good, Paper) and isinstance(last, Paper) and (good.title, last.title) == ("Gänse", "Züge")


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "iso-8859-15", "Shift_JIS", "UTF-16"])
def test_the_encoding_of_an_xml_declaration_counts(encoding: str) -> None:
    """What the document declares is no guess."""
    title = "東京" if encoding == "Shift_JIS" else "Gänse"
    text = f'<?xml version="1.0" encoding="{encoding}"?><title>{title}</title>'
    assert decoded(text.encode(encoding), 100) == (text, False)


@pytest.mark.parametrize("encoding", ["klingon", "hex", "utf-8"])
def test_a_declaration_that_does_not_help(encoding: str) -> None:
    """An encoding that is unknown, or no encoding of text, leaves the guess."""
    text = f'<?xml version="1.0" encoding="{encoding}"?><title>Gänse</title>'
    assert decoded(text.encode(), 100) == (text, False)
    assert decoded(text.encode("cp1252"), 100) == (text, True)


def test_damage_in_a_declared_encoding_stays_visible() -> None:
    """Bytes that the declared encoding does not have become no letters."""
    text, _ = decoded(b'<?xml version="1.0" encoding="Shift_JIS"?><title>a\x80b</title>', 100)
    assert "\ufffd" in text


@pytest.mark.parametrize("content", [b"PAR1\x15\x00\xe9\x80", b"\x00\x01\xff\xfe", b"\xe9\x00"])
def test_what_is_no_text_stays_as_it_is(content: bytes) -> None:
    """Binary formats are not touched."""
    assert b"".join(as_utf8(iter([content]), lambda encoding: pytest.fail(encoding.name))) == content


@given(st.lists(st.binary(max_size=40)))
def test_no_content_fails(chunks: list[bytes]) -> None:
    """Whatever bytes come, with any mark or declaration, they are read."""
    starts = [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE]
    starts += [b'<?xml encoding="%b"?>' % name for name in (b"gb18030", b"iso2022_jp", b"utf-7", b"cp932")]
    for start in starts:
        list(as_utf8(iter([start, *filter(None, chunks)] if start else filter(None, chunks)), lambda encoding: None))


def test_the_warning_names_the_file_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The user hears of the guess when the file is read, not when its format is looked at."""
    path = tmp_path / "old.bib"
    path.write_bytes(b"@misc{a, title={caf\xe9}}\n@misc{b, title={na\xefve}}\n")
    papers = read_papers([path])
    assert not caplog.messages
    assert [paper.title for paper in papers if isinstance(paper, Paper)] == ["café", "naïve"]
    assert caplog.messages == [f"{path}: {GUESS}"]


@given(
    st.text(st.characters(codec="cp1252")),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]),
    st.integers(1, 20),
)
def test_what_was_read_can_be_written_back(text: str, encoding: str, cut: int) -> None:
    """The bytes are those of the input in whatever pieces they come back, and new text is in their encoding."""
    content = f"id: {text}".encode(encoding)
    known = [UTF8]
    utf8 = b"".join(as_utf8(iter([content]), known.append))
    pieces = [utf8[start : start + cut] for start in range(0, len(utf8), cut)]
    assert b"".join(map(Restorer(lambda: known[-1]), pieces)) == content
    more = b"".join(map(Restorer(lambda: known[-1]), [*pieces, " — Łódź".encode()]))
    assert more.startswith(content) and len(more) > len(content)


def test_any_bytes_can_be_written_back() -> None:
    """All bytes of a text in Windows-1252 come back, the undefined ones as well."""
    content = bytes(range(1, 256))
    known = [UTF8]
    assert Restorer(lambda: known[-1])(b"".join(as_utf8(iter([content]), known.append))) == content
