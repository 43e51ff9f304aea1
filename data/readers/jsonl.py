"""JSON Lines: one JSON object a line, as in arXiv's metadata snapshot."""

from collections.abc import Iterator

from data.papers import Reject
from data.readers.json_object import json_records
from data.readers.lines import bounded_lines
from data.readers.records import Record, reject, too_long
from data.readers.sources import ByteStream


def matches(head: bytes) -> bool:
    """Return whether the content begins with a JSON object."""
    return head.lstrip(b" \t\r\n\x1e").startswith(b"{")


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield the objects of every line that is not blank."""
    for line in bounded_lines(stream):
        if line.overlong:
            yield reject(stream.name, line.number, too_long(stream.record_bytes), line.data)
        elif line.data.strip():
            yield from json_records(stream.name, line.number, line.data)
