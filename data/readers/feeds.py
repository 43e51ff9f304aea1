"""Feeds: Atom (arXiv's API, journals) and RSS (arXiv's announcements, journals, PubMed's searches)."""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from data.papers import RecordError, Reject
from data.readers.oai_pmh import arxiv_id
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.xml_elements import root_name
from data.readers.xml_records import markup, read_elements, text, texts
from data.text import plain_text

_ROOTS = frozenset(["feed", "rss", "RDF", "channel", "entry", "item"])
_ARXIV_ERROR = re.compile(r"https?://arxiv\.org/api/errors")
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)

# Before the abstract: arXiv's number and kind of announcement, the headings of journals and of PubMed.
_LEAD = re.compile(
    r"\s*(?:arXiv:\S+\s+Announce Type:\s*\S+\s+)?(?:Abstract:)\s*"
    r"|.{0,600}?<(b|strong|h\d)>\s*Abstract:?\s*</\1>\s*"
    r"|\s*<p>[^<>]{0,200}Published online:[^<>]{0,200}(?:<a>[^<>]{0,200}</a>)?\s*</p>"
    r"|\s*<p>\s*by [^<>]{1,2000}</p>",
    re.IGNORECASE | re.DOTALL,
)
_LEAD_CHARACTERS = 200  # where there is no markup
_TAIL = re.compile(r"<p>\s*PMID:.{0,1000}\Z", re.DOTALL)
_TAG_START = re.compile("<[A-Za-z]")
_ATTRIBUTES = re.compile(r"<([A-Za-z][A-Za-z0-9]*)\s[^<>]*>")
# What publishers write where they give no abstract.
_NO_ABSTRACT = re.compile(
    r"Publication date:.{0,2000}|(?:[^.]{1,200}, )?(?:Ahead of Print|Volume \S{1,20}, Issue .{0,200}|EarlyView)\.?",
    re.DOTALL,
)
_NO_ABSTRACT_CHARACTERS = 3000
_ARXIV_SUFFIX = re.compile(r"\s*\(arXiv:(\S+?)(?:v\d+)?(?:\s+\[[^\]]*\])?(?:\s+UPDATED)?\)\s*\Z")


_NAMES = {
    "identifiers": ("id", "doi", "identifier", "guid", "link"),
    "title": ("title",),
    "abstract": ("summary", "description", "content", "encoded"),
    "categories": ("category", "subject"),
    "date": ("published", "date", "pubDate", "publicationDate", "updated"),
    "venue": ("journal_ref", "publicationName"),
    "source": ("source",),
}
_PARTS = {name: part for part, names in _NAMES.items() for name in names}


def matches(head: bytes) -> bool:
    """Return whether the document is a feed."""
    return root_name(head) in _ROOTS


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every entry or item; what arXiv's API says of a wrong query is a Reject with its words."""
    return read_elements(stream, ("entry", "item"), _fields)


def _fields(item: Element) -> Mapping[str, object]:
    parts: dict[str, list[Element]] = {part: [] for part in _NAMES}
    for child in item:
        if part := _PARTS.get(child.tag):
            parts[part].append(child)
    identifiers = _identifiers(item, parts["identifiers"])
    if any(map(_ARXIV_ERROR.match, identifiers)):
        said = " ".join(texts(parts["abstract"]))
        raise RecordError(f"arXiv's API reports an error: {said.rstrip('.')}. Correct the query and ask again.")
    title = markup(next((found for found in parts["title"] if text(found)), None))
    suffix = _ARXIV_SUFFIX.search(title)
    title = title[: suffix.start()] if suffix else title
    known = [suffix.group(1)] if suffix else []
    known += filter(None, map(arxiv_id, identifiers))
    known += [found.group(1) for found in map(_DOI.fullmatch, identifiers) if found]
    return {
        "id": next(iter([*known, *identifiers]), ""),
        "title": title,
        "abstract": max(map(_abstract, parts["abstract"]), key=len, default=""),
        "categories": [found.get("term") or text(found) for found in parts["categories"]],
        "date": texts(parts["date"]),
        "venue": texts(parts["venue"]) or texts(parts["source"]),
    }


def _identifiers(item: Element, elements: list[Element]) -> list[str]:
    """Return what identifies an item, best first: its id or DOI, its address."""
    links = [address for found in elements if found.tag == "link" and (address := found.get("href"))]
    return [*texts(elements), *links, *filter(None, [item.get("about")])]


def _abstract(element: Element) -> str:
    """Return the abstract in a description, "" where it has none."""
    content = markup(element)
    has_tags = "<" in content and _TAG_START.search(content) is not None
    if has_tags:
        content = _TAIL.sub("", _ATTRIBUTES.sub(r"<\1>", content))
    if (has_tags or "abstract" in content[:_LEAD_CHARACTERS].lower()) and (lead := _LEAD.match(content)):
        content = content[lead.end() :]
    short = len(content) < _NO_ABSTRACT_CHARACTERS
    return "" if short and _NO_ABSTRACT.fullmatch(plain_text(content)) else content
