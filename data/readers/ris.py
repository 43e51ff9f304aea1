"""RIS, as reference managers, databases and publishers export it."""

import re
from collections.abc import Iterator

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.tagged_lines import TagSyntax, Values, read_tagged

# The tags of the format. Only these may have one blank before the hyphen, or none behind it: "EU - US trade" is text.
# With one blank, ER stands alone in its line: "ER - visits" is text, too.
_TAGS = (
    rb"TY|A[1-4BDUNV]|C[1-8ANPTY]|BT|DA|DB|DO|DP|E[DPT]|ID|IS|J[12AFO]|KW|L[1-4AB]|M[1-3]|N[12V]|OP|P[BPY]|R[INP]"
    rb"|S[ENPTV]|T[1-3AIT]|U[1-5R]|V[LO]|Y[12]"
)
# Some write tags in lower case, a dash where the hyphen should be, or other blanks, in files that a word processor or a
# web page changed: two of them at least, since such a tag may as well be a word.
_BLANK = rb"(?:[ \t]|\xc2\xa0)"
_DASH = rb"(?:-|\xe2\x80[\x90-\x95]|\xe2\x88\x92)"
_UNUSUAL = rb"%b{2,8}%b(?:%b|\Z)" % (_BLANK, _DASH, _BLANK)
# Here BT is the book or the volume that the reference is a part of.
_PARTS = frozenset(["CHAP", "ECHAP", "SECT", "JOUR", "EJOUR", "CONF", "CPAPER", "MGZN", "NEWS"])


def _fields(values: Values) -> dict[str, object]:
    """The title of a whole book is in BT, and that of an unpublished work in CT, as older files have them.

    ST is a short title, the last that is tried.
    """
    kind = values.get("TY", [""])
    candidates = ["CT"] if kind[0] in _PARTS else ["CT", "BT"]
    fields: dict[str, object] = {**values}
    fields["primary_title"] = next((values[tag] for tag in [*candidates, "ST"] if values.get(tag)), None)
    fields.pop("DP", None)  # the provider of the database, which in NBIB is the date
    return fields


SYNTAX = TagSyntax(
    tag=re.compile(
        rb"(?:\xef\xbb\xbf)?[ \t]{0,8}((?:%b)(?=  -|\t-| - | -\Z)|ER(?=  - |\s{1,2}-\s*\Z)|[A-Z][A-Z0-9](?=  - |  -\Z)"
        rb"|(?i:ER|%b)(?=%b))%b{1,8}%b%b?" % (_TAGS, _TAGS, _UNUSUAL, _BLANK, _DASH, _BLANK)
    ),
    first=frozenset([b"TY"]),
    last=b"ER",
    orphans=frozenset([b"TI", b"T1", b"AB", b"N2"]),
    fields=_fields,
)


_FIRST_LINE = re.compile(
    rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?[ \t]{0,8}(?:TY(?: {1,2}|\t)-[ \t]*[A-Z]|(?i:TY)%b{2,8}%b%b+[A-Za-z])"
    % (_BLANK, _DASH, _BLANK)
)


def matches(head: bytes) -> bool:
    """Return whether a line of the head, not always the first one, begins a reference."""
    return _FIRST_LINE.search(head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every reference, from its TY line to its ER line or the next TY line."""
    return read_tagged(stream, SYNTAX)
