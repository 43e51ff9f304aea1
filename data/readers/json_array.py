"""JSON that is not a line an object: an array, objects over several lines, or an object around a list of papers."""

import re
from collections.abc import Iterator

from data.field_names import has_paper_field
from data.papers import Reject
from data.readers.json_elements import Element, Splitter
from data.readers.json_object import json_records
from data.readers.records import Record, reject, too_long
from data.readers.sources import HEAD_BYTES, ByteStream

_ARRAY = re.compile(rb"\[\s*(?:[\[{\]\"\d-]|null|true|false|\Z)")
_NO_OBJECTS = re.compile(rb"\[\s*(?:\[\s*)?(?:[\"\d-]|null\b|true\b|false\b)")

_ONLY_OBJECTS = (
    "The array has no objects: each record must be an object with fields such as title and abstract, "
    'as in [{"title": "..."}].'
)


def matches(head: bytes) -> bool:
    """Return whether the content begins with an array, or an object that is not a line of its own."""
    start = head.lstrip()
    if not start.startswith(b"{"):
        return _ARRAY.match(start) is not None
    line, end, rest = start.partition(b"\n")
    first_line = Splitter(len(line) + 1)
    first_line.feed(line)
    if first_line.has_opened:
        return True
    if not end:
        return len(head) == HEAD_BYTES and not first_line.is_between
    if first_line.is_between:
        whole = Splitter(len(head))
        whole.feed(start)
        return whole.has_opened
    # an object that is broken in its line, or one that goes on: then the next line is no new object
    return line.rstrip().endswith((b"{", b"[", b",", b":")) or not rest.lstrip(b"\r\n").startswith(b"{")


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every object; a broken one is one Reject, and the reading goes on after it.

    An array that has texts, numbers or further arrays in place of objects is one Reject as a whole.
    """
    if _NO_OBJECTS.match(stream.head().lstrip()) and b"{" not in stream.head():
        yield reject(stream.name, 1, _ONLY_OBJECTS, stream.head())
        return
    for element in _elements(stream):
        if element.complete:
            salvage = False
            for record in json_records(stream.name, element.line, element.data):
                salvage = salvage or isinstance(record, Reject)
                yield record
        else:
            salvage = True
            yield _incomplete(stream, element)
        if salvage:
            yield from _salvaged(stream, element)


def _elements(stream: ByteStream) -> Iterator[Element]:
    splitter = Splitter(stream.record_bytes)
    while chunk := stream.read():
        yield from splitter.feed(chunk)
    yield from splitter.end()


def _incomplete(stream: ByteStream, element: Element) -> Reject:
    reason = too_long(stream.record_bytes) if element.overlong else "The JSON object does not end (a brace is missing)."
    return reject(stream.name, element.line, reason, element.data)


def _salvaged(stream: ByteStream, element: Element) -> Iterator[Record]:
    """Yield the papers that an object without its end ran over: its further lines that are whole objects."""
    for offset, line in enumerate(element.data.split(b"\n")[1:], start=1):
        text = line.strip().rstrip(b"],").rstrip()
        if text.startswith(b"{"):
            for record in json_records(stream.name, element.line + offset, text):
                if isinstance(record, Record) and has_paper_field(record.fields):
                    yield record
