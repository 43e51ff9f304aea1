"""JATS, in which publishers and PubMed Central deliver articles; only what stands before the body is read."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.xml_elements import root_name
from data.readers.xml_records import joined_date, markup, read_elements, text

_ROOTS = frozenset(["article", "articles", "pmc-articleset", "front"])
_IDS = ("doi", "pmid", "pmc", "pmcid", "publisher-id", "manuscript")
# Of a title: notes and their marks.
_NOTES = frozenset(["xref", "fn", "target"])


def matches(head: bytes) -> bool:
    """Return whether the document is an article, or a set of them."""
    return root_name(head) in _ROOTS and any(tag in head for tag in (b"<front", b"-meta>", b"dtd-version", b"JATS"))


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every article by its front matter, so that one of any length is read."""
    return read_elements(stream, ("front",), front_fields)


def front_fields(front: Element) -> Mapping[str, object]:
    """Return the fields of a <front> element."""
    meta = front.find("article-meta")
    meta = front if meta is None else meta
    title = meta.find("title-group/article-title")
    return {
        "id": _id(meta),
        "title": ": ".join(filter(None, [_title(title), _title(meta.find("title-group/subtitle"))])),
        "abstract": markup(_abstract(meta)),
        "date": next(filter(None, map(joined_date, meta.iter("pub-date"))), ""),
        "venue": text(front.find("journal-meta//journal-title")),
    }


def _id(meta: Element) -> str:
    ids = {found.get("pub-id-type", ""): text(found) for found in meta.findall("article-id")}
    return next((ids[kind] for kind in (*_IDS, *ids) if ids.get(kind)), "")


def _title(title: Element | None) -> str:
    return markup(title, lambda child: None if child.tag in _NOTES else child.tag)


def _abstract(meta: Element) -> Element | None:
    """Return the abstract itself; a translated one, or one of another kind (a summary, highlights), where it lacks."""
    found = [*meta.findall("abstract"), *meta.findall("trans-abstract")]
    plain = [abstract for abstract in found if not abstract.get("abstract-type")]
    return next((abstract for abstract in [*plain, *found] if text(abstract)), None)
