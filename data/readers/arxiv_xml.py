"""arXiv's XML: Atom from its API, and OAI-PMH with the metadata formats arXiv, arXivRaw and oai_dc."""

import re
from collections.abc import Iterator, Sequence
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from data.papers import RecordError, Reject
from data.readers.records import Record, decode_utf8, reject
from data.readers.sources import ByteStream
from data.readers.xml_elements import split_elements

RECORD_ELEMENTS = ("entry", "record", "arXivRaw", "arXiv", "dc")

# The elements whose direct children are fields: others, such as an Atom <source>, have a title of their own.
_CONTAINERS = frozenset(("entry", "header", "arXivRaw", "arXiv", "dc"))

_DOCUMENT = re.compile(rb"<(?:[\w.-]+:)?(?:feed|OAI-PMH|ListRecords|entry|record|arXivRaw|arXiv|dc)[\s>]")
_ARXIV_ID = re.compile(r"(?:https?://(?:\w+\.)?arxiv\.org/abs/|oai:arXiv\.org:)(\S+?)(?:v\d+)?", re.IGNORECASE)


def matches(head: bytes) -> bool:
    """Return whether the content is XML with one of our elements near its beginning."""
    return head.lstrip().startswith(b"<") and _DOCUMENT.search(head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every Atom entry or OAI-PMH record; an arXiv address as id becomes the bare id ("2301.00001").

    Every record element is parsed for itself: one that is not well-formed stays alone, and since declarations
    at the head of the document are never parsed, no entity can expand ("billion laughs").
    """
    for element in split_elements(stream, RECORD_ELEMENTS):
        try:
            if element.problem:
                raise RecordError(element.problem)
            yield Record(stream.name, element.line, _fields(decode_utf8(element.data)))
        except RecordError as error:
            yield reject(stream.name, element.line, str(error), element.data)


def _fields(text: str) -> dict[str, object]:
    """Return the fields of one record element.

    Raises:
        RecordError: the element is not well-formed XML, or is a deleted record of OAI-PMH.
    """
    handler = _Fields()
    try:
        parseString(text.encode(), handler)
    except (SAXException, DefusedXmlException, ValueError) as error:
        reason = error.getMessage() if isinstance(error, SAXException) else str(error)
        raise RecordError(f"The record is not well-formed XML ({reason}).") from error
    if handler.deleted:
        raise RecordError("The record was deleted at its source and has no metadata.")
    values = handler.values
    fields: dict[str, object] = {name: texts[0] for name, texts in values.items()}
    fields["id"] = _identifier([*values.get("id", ()), *values.get("identifier", ())])
    fields["categories"] = values.get("categories") or values.get("category") or values.get("subject")
    return fields


def _identifier(candidates: Sequence[str]) -> str:
    """Return the arXiv id among the identifiers, without its version; else the first of them."""
    for candidate in candidates:
        if found := _ARXIV_ID.fullmatch(candidate):
            return found.group(1)
    return candidates[0] if candidates else ""


class _Fields(ContentHandler):
    """Collects {local name: texts} of the fields of one record, with whitespace collapsed."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.deleted = False
        self._path: list[str] = []
        self._text: list[str] = []
        self._field_depth = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        local = name.rpartition(":")[2]
        if local == "header" and attrs.get("status") == "deleted":
            self.deleted = True
        if not self._field_depth and self._path and self._path[-1] in _CONTAINERS:
            self._field_depth = len(self._path) + 1
            self._text = []
            if local == "category" and (term := attrs.get("term")):
                self._add(local, term)
        self._path.append(local)

    def characters(self, content: str) -> None:
        if self._field_depth:
            self._text.append(content)

    def endElement(self, name: str) -> None:
        if len(self._path) == self._field_depth:
            self._add(self._path[-1], "".join(self._text))
            self._field_depth = 0
        self._path.pop()

    def _add(self, name: str, text: str) -> None:
        if text := " ".join(text.split()):
            self.values.setdefault(name, []).append(text)
