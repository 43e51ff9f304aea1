"""PubMed's NBIB files: the MEDLINE format."""

import re
from collections.abc import Iterator

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.tagged_lines import TagSyntax, Values, read_tagged


def _fields(values: Values) -> dict[str, object]:
    """A book has its own title, one in another language may have that alone; OAB is another publisher's abstract."""
    return {
        **values,
        "primary_title": values.get("BTI") or values.get("TT"),
        "description": values.get("OAB"),
    }


_SYNTAX = TagSyntax(
    tag=re.compile(rb"(?=.{4}-)([A-Z]{2,4}) *- ?"),
    first=frozenset([b"PMID"]),
    orphans=frozenset([b"TI", b"BTI", b"AB"]),
    fields=_fields,
)


def matches(head: bytes) -> bool:
    """Return whether a line of the head begins a citation with its PMID."""
    return re.search(rb"(?:^|[\r\n])PMID- ?\d+\s*[\r\n]", head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every citation, from its PMID line to the next one."""
    return read_tagged(stream, _SYNTAX)
