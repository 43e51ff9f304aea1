"""PubMed's NBIB files: the MEDLINE format."""

import re
from collections.abc import Iterator

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.tagged_lines import TagSyntax, read_tagged

_SYNTAX = TagSyntax(
    tag=re.compile(rb"(?=.{4}-)([A-Z]{2,4}) *- ?"),
    first=frozenset([b"PMID"]),
    orphans=frozenset([b"TI", b"BTI", b"AB"]),
)


def matches(head: bytes) -> bool:
    """Return whether a line of the head begins a citation with its PMID."""
    return re.search(rb"(?:^|[\r\n])PMID- ?\d+\s*[\r\n]", head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every citation, from its PMID line to the next one, as {tag: values}."""
    for citation in read_tagged(stream, _SYNTAX):
        if isinstance(citation, Reject):
            yield citation
            continue
        values = dict(citation.fields)
        values["primary_title"] = values.get("BTI") or values.get("TT")  # of a book; in its own language alone
        values["description"] = values.get("OAB")  # the abstract that another publisher gives
        yield Record(citation.file, citation.line, values)
