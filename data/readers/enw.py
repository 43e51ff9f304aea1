"""EndNote's tagged format (.enw), which is refer's: Google Scholar, ACM and the ACL Anthology export it too."""

import re
from collections.abc import Iterator

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.tagged_lines import TagSyntax, Values, read_tagged

_TAG = re.compile(rb"(?:\xef\xbb\xbf)?(%[0-9A-Z@!$&()*+<>?\[\]^=~#|])(?:[ \t]|\Z)")
_TYPE = re.compile(rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?%0[ \t]+[A-Za-z]")
_OLD = re.compile(rb"\s*(?:%[A-Z] [^\r\n]*[\r\n]+)*%T ")
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


def _fields(values: Values) -> dict[str, object]:
    return {_NAMES.get(tag, tag): value for tag, value in values.items()}


# Where references have a type they may have blank lines, too; in old files a blank line ends them.
_SYNTAX = TagSyntax(_TAG, first=frozenset([b"%0"]), fields=_fields)
_OLD_SYNTAX = TagSyntax(
    _TAG,
    first=frozenset(),
    orphans=frozenset(b"%" + bytes([letter]) for letter in range(33, 127)),
    blank_line_ends=True,
    fields=_fields,
)


def matches(head: bytes) -> bool:
    """Return whether the head has a line with a type (%0), or begins with an author or a title of refer's."""
    return _TYPE.search(head) is not None or _OLD.match(head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every reference."""
    return read_tagged(stream, _SYNTAX if _TYPE.search(stream.head()) else _OLD_SYNTAX)
