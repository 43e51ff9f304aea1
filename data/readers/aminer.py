"""The citation network of DBLP as AMiner publishes its older versions: lines such as "#*title" and "#!abstract"."""

import re
from collections.abc import Iterator

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.tagged_lines import TagSyntax, Values, read_tagged

_TAG = re.compile(rb"(#(?:index|[*@!%octf]))[ \t]*")
_NAMES = {"#*": "title", "#!": "abstract", "#INDEX": "id", "#T": "year", "#C": "venue"}
_FIRST = re.compile(rb"\s*(?:\d+[ \t]*[\r\n]+)?(?:#\*[^\r\n]+[\r\n]+#[@t]|#index[ \t]*\d+[ \t]*[\r\n]+#\*)")


def _fields(values: Values) -> dict[str, object]:
    return {_NAMES.get(tag, tag): value for tag, value in values.items()}


_SYNTAX = TagSyntax(
    _TAG, first=frozenset(), orphans=frozenset([b"#*", b"#INDEX"]), blank_line_ends=True, fields=_fields
)


def matches(head: bytes) -> bool:
    """Return whether the content begins with a paper, or with their number."""
    return _FIRST.match(head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every paper; blank lines part them."""
    return read_tagged(stream, _SYNTAX)
