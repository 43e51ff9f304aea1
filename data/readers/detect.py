"""The table of input formats, and which of them some content is in."""

from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast

from data.papers import Reject
from data.readers.records import Record
from data.readers.refused import refusal
from data.readers.sources import ByteStream


class Reader(Protocol):
    """What the module of every format has."""

    def matches(self, head: bytes) -> bool:
        """Return whether content that begins with these bytes is in this format."""

    def read(self, stream: ByteStream) -> Iterator[Record | Reject]:
        """Yield every record of the stream in its order, in bounded memory; a bad one as a Reject."""


class InputFormat(StrEnum):
    """An input format and the module that reads it, in the order in which content is compared with them."""

    module: str

    def __new__(cls, value: str, module: str) -> "InputFormat":
        """Make a member that is its name in options and knows the module of its reader."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.module = f"data.readers.{module}"
        return member

    PARQUET = "parquet", "parquet"
    ZIP = "zip", "zip_archive"
    JSON = "json", "json_array"
    JSONL = "jsonl", "jsonl"
    ZOTERO_RDF = "zotero-rdf", "zotero_rdf"
    FEED = "feed", "feeds"
    OAI_PMH = "oai-pmh", "oai_pmh"
    PUBMED_XML = "pubmed-xml", "pubmed_xml"
    JATS = "jats", "jats"
    ENDNOTE_XML = "endnote-xml", "endnote_xml"
    DBLP_XML = "dblp-xml", "dblp_xml"
    XML = "xml", "other_xml"
    BIBTEX = "bibtex", "bibtex"
    RIS = "ris", "ris"
    NBIB = "nbib", "nbib"
    ENW = "enw", "enw"
    WOS = "wos", "wos"
    AMINER = "aminer", "aminer"
    DAILY_PAPERS = "daily-papers", "daily_papers"
    CSV = "csv", "delimited"
    TSV = "tsv", "delimited"
    HUGGINGFACE = "huggingface", "huggingface"

    @property
    def reader(self) -> Reader:
        """Return the module that reads this format, imported when it is first needed."""
        return cast(Reader, import_module(self.module))


def detect_format(head: bytes) -> InputFormat | None:
    """Return the format of content that begins with these bytes, None when it is none of ours."""
    if refusal(head):
        return None
    return next((known for known in InputFormat if known.reader.matches(head)), None)
