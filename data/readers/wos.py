"""Web of Science's plain text and RefWorks' tagged format: tags of two characters, one blank, the value."""

import re
from collections.abc import Iterator

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.tagged_lines import TagSyntax, Values, read_tagged


def _fields(values: Values) -> dict[str, object]:
    """Z1 and Z4 are the title and the abstract in Chinese."""
    return {**values, "doi": values.get("DI"), "primary_title": values.get("Z1"), "description": values.get("Z4")}


_SYNTAX = TagSyntax(
    tag=re.compile(rb"([A-Z][A-Z0-9])(?: |\Z)"),
    first=frozenset([b"PT", b"RT"]),
    last=b"ER",
    orphans=frozenset([b"TI", b"AB"]),
    fields=_fields,
)


def matches(head: bytes) -> bool:
    """Return whether the head names the format (FN, VR), or a line gives the type of a publication (PT, RT)."""
    return (
        re.match(rb"\s*FN [^\r\n]*[\r\n]+VR ", head) is not None
        or re.search(rb"(?:^|[\r\n])(?:PT [A-Z]|RT [A-Z][A-Za-z ,]{2,40})[\r\n]+[A-Z][A-Z0-9] ", head) is not None
    )


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every record, from its PT line to its ER line; RefWorks' from its RT line to the next one."""
    return read_tagged(stream, _SYNTAX)
