"""DBLP's XML: its whole database, a person's page, or one record."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.xml_elements import root_name
from data.readers.xml_records import children, markup, read_elements, text, texts

_RECORDS = ("article", "inproceedings", "proceedings", "book", "incollection", "phdthesis", "mastersthesis", "data")


def matches(head: bytes) -> bool:
    """Return whether the document is of DBLP."""
    return root_name(head) in ("dblp", "dblpperson")


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every publication; home pages (www) are none. There are no abstracts."""
    return read_elements(stream, _RECORDS, _fields)


def _fields(record: Element) -> Mapping[str, object]:
    return {
        "id": record.get("key"),
        "title": markup(record.find("title")),
        "year": text(record.find("year")),
        "venue": texts(children(record, "journal", "booktitle")),
    }
