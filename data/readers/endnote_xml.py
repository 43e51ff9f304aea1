"""EndNote's XML, which other reference managers and review tools write too."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.xml_elements import root_name
from data.readers.xml_records import markup, read_elements, text

_SCRIPTS = {"subscript": "sub", "superscript": "sup"}
# Titles of the work itself; those of its journal or book are secondary.
_TITLES = ("titles/title", "title", "titles/translated-title", "translated-title", "titles/short-title")


def matches(head: bytes) -> bool:
    """Return whether the document is a library: <xml><records>, the former in capitals in old files."""
    name = root_name(head).lower()
    return name in ("xml", "records") and b"<record>" in head.lower()


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every record; texts are wrapped in elements that only say how they look."""
    return read_elements(stream, ("record", "RECORD"), _fields)


def _fields(record: Element) -> Mapping[str, object]:
    for element in record.iter():
        element.tag = element.tag.lower().replace("_", "-")
    return {
        "id": _first(record, "electronic-resource-num", "accession-num", "accession-number", "rec-number", "refnum"),
        "title": next(filter(None, (_styled(record.find(name)) for name in _TITLES)), ""),
        "abstract": _styled(record.find("abstract")),
        "year": _first(record, "dates/year", "year"),
        "venue": _first(record, "periodical/full-title", "titles/secondary-title", "secondary-title"),
    }


def _first(record: Element, *names: str) -> str:
    return next(filter(None, (text(record.find(name)) for name in names)), "")


def _styled(element: Element | None) -> str:
    """Return a text with its sub- and superscripts as tags, and without other styles."""
    return markup(element, lambda child: _SCRIPTS.get(child.get("face", ""), ""))
