"""Web of Science's plain text: tags of two characters, lines continued with three blanks."""

import re
from collections.abc import Iterator

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.tagged_lines import TagSyntax, read_tagged

_SYNTAX = TagSyntax(
    tag=re.compile(rb"([A-Z][A-Z0-9])(?: |\Z)"),
    first=frozenset([b"PT"]),
    last=b"ER",
    orphans=frozenset([b"TI", b"AB"]),
)


def matches(head: bytes) -> bool:
    """Return whether the head names the format (FN, VR), or a line gives the type of a publication (PT)."""
    return (
        re.match(rb"\s*FN [^\r\n]*[\r\n]+VR ", head) is not None
        or re.search(rb"(?:^|[\r\n])PT [A-Z][\r\n]+[A-Z][A-Z0-9] ", head) is not None
    )


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every record, from its PT line to its ER line, as {tag: values}."""
    for record in read_tagged(stream, _SYNTAX):
        if isinstance(record, Reject):
            yield record
            continue
        values = dict(record.fields)
        values["doi"] = values.get("DI")
        values["primary_title"] = values.get("Z1")  # in Chinese
        values["description"] = values.get("Z4")
        yield Record(record.file, record.line, values)
