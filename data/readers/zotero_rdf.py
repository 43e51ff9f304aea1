"""Zotero's own RDF, in which whole libraries are exported."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.xml_elements import root_name
from data.readers.xml_records import children, markup, read_elements, text

_NAMESPACE = b"zotero.org/namespaces/export"
# What is beside the items of a library: files, notes, folders, people, the journals that items are in.
_ASIDE = frozenset(["attachment", "note", "annotation"])
_ITEMS = (
    "Article", "Book", "BookSection", "Data", "Description", "Document", "Image", "Legislation", "Letter", "Manuscript",
    "MotionPicture", "Patent", "Recording", "Report", "Thesis",
)  # fmt: skip


def matches(head: bytes) -> bool:
    """Return whether the document is such a library."""
    return root_name(head) == "RDF" and _NAMESPACE in head


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every item with a type; attachments and notes are none."""
    return read_elements(stream, _ITEMS, _fields)


def _fields(item: Element) -> Mapping[str, object] | None:
    kind = text(item.find("itemType"))
    if not kind or kind in _ASIDE:
        return None
    identifiers = [text(found) for found in children(item, "identifier")]
    dois = [found.removeprefix("DOI ") for found in identifiers if found.startswith("DOI ")]
    return {
        "id": next(iter([*dois, item.get("about", ""), *identifiers]), ""),
        "title": markup(item.find("title")),
        "abstract": markup(item.find("abstract")),
        "date": text(item.find("date")),
        "venue": text(item.find("isPartOf//title")),
    }
