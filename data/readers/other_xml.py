"""XML of sources without a reader of their own: TEI, ACL Anthology, BioC, Crossref, and records with plain fields."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from data.field_names import normal_name, text_field
from data.papers import Reject
from data.readers.json_shapes import bioc_fields
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.xml_elements import root_name
from data.readers.xml_records import ToFields, joined_date, markup, read_elements, text

_TAG = re.compile(rb"<!--.{0,2000}?-->|<[!?][^<>]*>|<(/?)(?:[\w.-]+:)?([\w.-]+)([^<>]*?)(/?)>", re.DOTALL)
_NAME = re.compile(rb"""\bname\s*=\s*["']([^"'<>]{1,60})["']""", re.IGNORECASE)
# Other things than papers have these too, so one of them beside a title makes no paper of a record.
_VAGUE = frozenset(map(normal_name, ("description", "descriptions", "summary")))
_CROSSREF = (
    "journal_article", "conference_paper", "posted_content", "content_item", "book_metadata", "book_set_metadata",
    "dissertation", "report-paper_metadata", "dataset", "standard_metadata",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Kind:
    """XML with records of its own: the names of roots, what must be in the head, the records, and what they hold."""

    roots: frozenset[str]
    mark: re.Pattern[bytes]
    records: tuple[str, ...]
    fields: ToFields


def matches(head: bytes) -> bool:
    """Return whether it is XML with records that are known, or with elements that have a title and an abstract."""
    return _kind(head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every record."""
    kind = _kind(stream.head())
    if kind is not None:
        yield from read_elements(stream, kind.records, kind.fields)


def _kind(head: bytes) -> _Kind | None:
    name = root_name(head)
    if not name:
        return None
    known = (kind for kind in _KINDS if name in kind.roots and kind.mark.search(head))
    found = next(known, None)
    if found is None and (record := _record_name(head)):
        found = _Kind(frozenset([name]), _ANYTHING, (record,), _plain_fields)
    return found


def _record_name(head: bytes) -> str:
    """Return the name of the first element in which title and abstract stand side by side, "" where there is none."""
    opened: list[tuple[str, set[str]]] = []
    for tag in _TAG.finditer(head):
        if tag[2] is None:
            continue
        if tag[1]:
            if opened:
                opened.pop()
            continue
        name = _NAME.search(tag[3])
        field = _wanted((name[1] if name else tag[2]).decode("utf-8", "replace"))
        if field and opened:
            opened[-1][1].add(field)
            if {"title", "abstract"} <= opened[-1][1]:
                return opened[-1][0]
        if not tag[4]:
            opened.append((tag[2].decode("utf-8", "replace"), set()))
    return ""


def _wanted(name: str) -> str:
    return "" if normal_name(name) in _VAGUE else text_field(name)


def _plain_fields(record: Element) -> Mapping[str, object]:
    """Return the fields of a record whose children are called as the fields are, or say so in an attribute."""
    fields: dict[str, list[str]] = {}
    for child in record:
        name = child.get("name") or child.get("Name") or child.tag
        items = [each for each in child if each.tag == "str"]  # a list, as Solr writes it
        fields.setdefault(name, []).extend(filter(None, map(markup, items or [child])))
    return dict(fields)


def _tei_fields(record: Element) -> Mapping[str, object]:
    titles = [found for path in ("titleStmt/title", "analytic/title") for found in record.findall(f".//{path}")]
    titles.sort(key=lambda title: title.get("type", "main") != "main")
    abstracts = record.findall(".//profileDesc/abstract")
    abstracts.sort(key=lambda abstract: not abstract.get("lang", "en").startswith("en"))
    dates = (found.get("when", "") for found in record.iter("date"))
    return {
        "id": next(filter(None, map(text, record.iter("idno"))), ""),
        "title": next(filter(None, (markup(title, _tei_tag) for title in titles)), ""),
        "abstract": next(filter(None, (markup(abstract, _tei_tag) for abstract in abstracts)), ""),
        "date": next(filter(None, dates), ""),
        "venue": text(record.find(".//monogr/title")),
    }


def _tei_tag(child: Element) -> str | None:
    """Return the tag of an element in a text: <hi> says how it looks, <note> is none of it."""
    if child.tag == "hi":
        return next((tag for tag in ("sub", "sup") if child.get("rend", "").startswith(tag)), "")
    return None if child.tag == "note" else child.tag


def _acl_fields(paper: Element) -> Mapping[str, object]:
    return {name: markup(paper.find(name)) for name in ("title", "abstract")} | {
        "id": next(filter(None, (text(paper.find(name)) for name in ("bibkey", "url", "doi"))), "")
    }


def _bioc_fields(document: Element) -> Mapping[str, object]:
    passages = [
        {
            "infons": {infon.get("key", ""): text(infon) for infon in passage.findall("infon")},
            "text": text(passage.find("text")),
        }
        for passage in document.findall("passage")
    ]
    return bioc_fields({"id": text(document.find("id")), "passages": passages})


def _crossref_fields(work: Element) -> Mapping[str, object]:
    dates = [*work.findall("publication_date"), *work.findall("posted_date"), *work.findall("approval_date")]
    return {
        "id": text(work.find("doi_data/doi")),
        "title": markup(work.find("titles/title")),
        "abstract": next(filter(None, map(markup, work.findall("abstract"))), ""),
        "date": next(filter(None, map(joined_date, dates)), ""),
    }


def _kind_of(
    roots: str, mark: bytes, records: tuple[str, ...], fields: Callable[[Element], Mapping[str, object]]
) -> _Kind:
    return _Kind(frozenset(roots.split()), re.compile(mark), records, fields)


_ANYTHING = re.compile(b"")
_KINDS = (
    _kind_of("TEI teiCorpus", rb"<(?:\w+:)?biblFull\b", ("biblFull",), _tei_fields),
    _kind_of("TEI teiCorpus teiHeader", b"", ("teiHeader",), _tei_fields),
    _kind_of("collection volume", rb"<paper\b", ("paper",), _acl_fields),
    _kind_of("collection", rb"<document\b[^<>]*>\s*<id>", ("document",), _bioc_fields),
    _kind_of(
        "crossref_result crossref_metadata doi_records doi_record doi_batch crossref", b"", _CROSSREF, _crossref_fields
    ),
    _kind_of(
        "full-text-retrieval-response abstracts-retrieval-response",
        rb"<(?:\w+:)?coredata\b",
        ("coredata",),
        _plain_fields,
    ),
)
