"""Which format some content is in."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.detect import InputFormat, detect_format
from data.readers.sources import ByteStream


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"PAR1\x15", InputFormat.PARQUET),
        (b' {"title": "A"}', InputFormat.JSONL),
        (b'[{"title": "A"}]', InputFormat.JSON),
        (b"<feed><entry>", InputFormat.FEED),
        (b"<?xml version='1.0'?><rss><channel>", InputFormat.FEED),
        (b"<RDF><channel><item>", InputFormat.FEED),
        (b"<RDF xmlns:z='http://www.zotero.org/namespaces/export#'><Article>", InputFormat.ZOTERO_RDF),
        (b"<OAI-PMH><ListRecords>", InputFormat.OAI_PMH),
        (b"<Records><Record xmlns='x'><header>", InputFormat.OAI_PMH),
        (b"<mods xmlns='x'><titleInfo>", InputFormat.OAI_PMH),
        (b"<resource xmlns='http://datacite.org/schema/kernel-4'>", InputFormat.OAI_PMH),
        (b"<resource><title>", None),
        (b"<!DOCTYPE PubmedArticleSet><PubmedArticleSet>", InputFormat.PUBMED_XML),
        (b"<article><front><article-meta>", InputFormat.JATS),
        (b"<xml><records><record>", InputFormat.ENDNOTE_XML),
        (b"<dblp><article key='a'>", InputFormat.DBLP_XML),
        (b"% lib\n@article{key,\n", InputFormat.BIBTEX),
        (b"\r\nTY  - JOUR\r\n", InputFormat.RIS),
        (b"\nPMID- 90000001\nOWN - NLM\n", InputFormat.NBIB),
        (b"%0 Journal Article\n%T A\n", InputFormat.ENW),
        (b"%A Doe, A.\r%T A\r", InputFormat.ENW),
        (b"% a comment\n%TITLE\n", None),
        (b"FN Clarivate\nVR 1.0\nPT J\n", InputFormat.WOS),
        (b"new\n\nDaily Papers\n", InputFormat.DAILY_PAPERS),
        (b"id,Title\n", InputFormat.CSV),
        (b"<html><body>Title</body></html>", None),
        (b"%PDF-1.4", None),
        (b"Abstracts of the meeting\n", None),
        (b"", None),
    ],
)
def test_formats_are_told_apart(head: bytes, expected: InputFormat | None) -> None:
    """Content alone says what it is."""
    assert detect_format(head) is expected


@given(st.binary(max_size=300), st.sampled_from([None, *InputFormat]))
def test_no_content_raises_anything_else(content: bytes, input_format: InputFormat | None) -> None:
    """Whatever bytes come, they give records, Rejects or a UsageError."""
    stream = ByteStream("x", iter([content] if content else []))
    found = input_format or detect_format(content)
    if found and found is not InputFormat.HUGGINGFACE:
        for record in found.reader.read(stream):
            assert record.line >= 1


def test_a_format_is_its_name_in_options() -> None:
    """The values of --input-format, each once; the module that reads it is another matter."""
    assert (InputFormat.OAI_PMH.value, str(InputFormat.OAI_PMH)) == ("oai-pmh", "oai-pmh")
    assert InputFormat.CSV.module == InputFormat.TSV.module == "data.readers.delimited"
    names = [known.value for known in InputFormat]
    assert len(names) == len(set(names)) and all(name == name.lower() for name in names)


@pytest.mark.parametrize("known", InputFormat)
def test_every_format_has_its_reader(known: InputFormat) -> None:
    """With the two functions that a reader needs, and none takes empty content for its own."""
    assert known.reader is sys.modules[known.module]
    assert callable(known.reader.read) and known.reader.matches(b"") is False


def test_the_first_format_that_fits_is_taken() -> None:
    """A table whose header is JSON is JSON, and an archive is opened before anything else is tried."""
    head = b'{"title": "A", "abstract": "a"}\n'
    assert next(known for known in InputFormat if known.reader.matches(head)) is detect_format(head)
    assert list(InputFormat)[:2] == [InputFormat.PARQUET, InputFormat.ZIP]


def test_what_is_refused_is_in_no_format() -> None:
    """Although a reader might take its words for a table."""
    head = b"<html><table>title,abstract\n</table></html>"
    assert detect_format(head) is None
