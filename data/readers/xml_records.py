"""Elements of XML as records: each is parsed for itself.

Declarations at the head of a document are never parsed, and inside an element there can be none, so no entity can
expand ("billion laughs") or open a file. That is what defusedxml is for; its parser is four times as slow.
"""

import html.entities
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers import expat
from xml.sax.saxutils import escape

from data.papers import RecordError, Reject
from data.readers.records import Record, decode_utf8, reject
from data.readers.sources import ByteStream
from data.readers.xml_elements import split_elements

ToFields = Callable[[Element], Mapping[str, object] | None]
"""From an element to its fields, None where it is no paper; it raises RecordError where it should be one."""

_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
_NUMBERED = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}));")
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]")
_MOST_PREFIXES = 100
_KNOWN_PREFIXES = frozenset(["xml", "xmlns"])
# What XML 1.0 has no place for, though databases deliver it.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

# Signs that should have been escaped: no entity, tag, comment or declaration begins with them.
_NO_MARKUP = re.compile(r"&(?!#?\w{1,31};)|<(?![A-Za-z_/!?])")


def read_elements(stream: ByteStream, names: Sequence[str], to_fields: ToFields) -> Iterator[Record | Reject]:
    """Yield the record of every outermost element of these local names; one that is not well-formed is a Reject.

    Prefixes of namespaces do not matter: names of elements and attributes are local ones. Entities of HTML are
    resolved, whatever the document declares; others make the record a Reject.
    """
    parser = _Parser()
    for element in split_elements(stream, names):
        try:
            if element.problem:
                raise RecordError(element.problem)
            fields = to_fields(parser.parsed(decode_utf8(element.data)))
            if fields is not None:
                yield Record(stream.name, element.line, fields)
        except RecordError as error:
            yield reject(stream.name, element.line, str(error), element.data)
        except RecursionError:
            yield reject(stream.name, element.line, "The XML of the record is nested too deeply.", element.data)


def markup(element: Element | None, tag_of: Callable[[Element], str | None] = lambda child: child.tag) -> str:
    """Return the content of an element as text with inner elements as tags, which `data.text` makes plain.

    `tag_of` gives the tag of an inner element: "" for its content alone, None for nothing at all.
    """
    if element is None:
        return ""
    return " ".join(("".join(_pieces(element, tag_of)) if len(element) else element.text or "").split())


def text(element: Element | None) -> str:
    """Return the text in an element without any tag."""
    if element is None:
        return ""
    return " ".join(("".join(element.itertext()) if len(element) else element.text or "").split())


def texts(elements: Iterable[Element]) -> list[str]:
    """Return the texts of elements that have one."""
    return [found for found in map(text, elements) if found]


def children(element: Element, *names: str) -> list[Element]:
    """Return the direct children of these names in their order."""
    return [child for child in element if child.tag in names]


def joined_date(element: Element | None) -> str:
    """Return the "2024-02-01" in <year>, <month> and <day>, in any case, up to the first that is no number."""
    if element is None:
        return ""
    values = {child.tag.lower(): text(child) for child in element}
    parts: list[str] = []
    for name, width in (("year", 4), ("month", 2), ("day", 2)):
        if not (values.get(name, "").isdecimal() and len(values[name]) <= width):
            break
        parts.append(values[name].zfill(width))
    return "-".join(parts)


def _pieces(element: Element, tag_of: Callable[[Element], str | None]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        tag = tag_of(child)
        if tag:
            yield f"<{tag}>"
        if tag is not None:
            yield from _pieces(child, tag_of)
        if tag:
            yield f"</{tag}>"
        yield child.tail or ""


class _Parser:
    """Parses elements; the prefixes that they use are declared around them, as somewhere above them in the document."""

    def __init__(self) -> None:
        self._prefixes: set[str] = set()
        self._start = "<record>"

    def parsed(self, content: str) -> Element:
        """Return the element with local names.

        Raises:
            RecordError: it is not well-formed.
        """
        if "&#" in content:
            content = _NUMBERED.sub(_numbered, content)
        if "&" in content:
            content = _NAMED.sub(_named, content)
        try:
            element = self._tree(content)
        except (ParseError, ValueError) as error:
            raise RecordError(f"The record is not well-formed XML ({_reason(error)}).") from error
        for each in element.iter():
            if "}" in each.tag:
                each.tag = _local(each.tag)
            if each.attrib:
                each.attrib = {_local(name): value for name, value in each.items()}
        return element

    def _tree(self, content: str) -> Element:
        try:
            return fromstring(f"{self._start}{content}</record>")[0]
        except ParseError:
            found = {prefix[1] for prefix in _PREFIX.finditer(content)} - self._prefixes - _KNOWN_PREFIXES
            clean = _NO_MARKUP.sub(lambda sign: escape(sign[0]), _NO_XML.sub(" ", content))
            if not found and clean == content:
                raise
        self._prefixes = {*self._prefixes, *found} if len(self._prefixes) < _MOST_PREFIXES else found
        self._start = "<record " + " ".join(f'xmlns:{prefix}="{prefix}"' for prefix in self._prefixes) + ">"
        return fromstring(f"{self._start}{clean}</record>")[0]


def _reason(error: Exception) -> str:
    return expat.ErrorString(error.code) if isinstance(error, ParseError) else str(error)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _named(entity: re.Match[str]) -> str:
    found = html.entities.html5.get(entity[1] + ";")
    return escape(found) if found else entity[0]


def _numbered(entity: re.Match[str]) -> str:
    code = int(entity[1], 16) if entity[1] else int(entity[2])
    is_character = code in (9, 10, 13) or (0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000)
    return entity[0] if is_character and code not in (0xFFFE, 0xFFFF) else " "
