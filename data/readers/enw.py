"""EndNote's tagged format (.enw), which is refer's: Google Scholar, ACM and the ACL Anthology export it too."""

import re
from collections.abc import Iterator, Mapping

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.tagged_lines import TagSyntax, read_tagged

_TAG = re.compile(rb"(?:\xef\xbb\xbf)?(%[0-9A-Z@!$&()*+<>?\[\]^=~#|])(?:[ \t]|\Z)")
_TYPE = re.compile(rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?%0[ \t]+[A-Za-z]")
_OLD = re.compile(rb"\s*(?:%[A-Z] [^\r\n]*[\r\n]+)*%T ")
# Where references have a type they may have blank lines, too; in old files a blank line ends them.
_SYNTAX = TagSyntax(_TAG, first=frozenset([b"%0"]))
_OLD_SYNTAX = TagSyntax(
    _TAG,
    first=frozenset(),
    orphans=frozenset(b"%" + bytes([letter]) for letter in range(33, 127)),
    blank_line_ends=True,
)
_NAMES = {
    "%T": "title",
    "%X": "abstract",
    "%F": "citation_key",
    "%R": "doi",
    "%M": "accession_number",
    "%D": "year",
    "%J": "journal",
    "%B": "booktitle",
}


def matches(head: bytes) -> bool:
    """Return whether the head has a line with a type (%0), or begins with an author or a title of refer's."""
    return _TYPE.search(head) is not None or _OLD.match(head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every reference as {name of the field: values}."""
    for reference in read_tagged(stream, _SYNTAX if _TYPE.search(stream.head()) else _OLD_SYNTAX):
        yield reference if isinstance(reference, Reject) else _named(reference)


def _named(reference: Record) -> Record:
    values: Mapping[str, object] = reference.fields
    return Record(reference.file, reference.line, {_NAMES.get(tag, tag): value for tag, value in values.items()})
