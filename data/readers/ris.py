"""RIS, as reference managers and publishers export it."""

import re
from collections.abc import Iterator

import rispy

from data.papers import RecordError, Reject
from data.readers.lines import Line, bounded_lines
from data.readers.records import Record, decode_utf8, reject, too_long
from data.readers.sources import ByteStream

_TAG = re.compile(rb"(?:\xef\xbb\xbf)?([A-Z][A-Z0-9]) {1,2}-(?: |$)")
_TEXT_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: |$)")

# rispy would give every tag a long name of its own; FIELD_NAMES knows the tags themselves
_TAGS = {tag: tag for tag in rispy.config.TAG_KEY_MAPPING}


def matches(head: bytes) -> bool:
    """Return whether a line of the head, not always the first one, begins a reference."""
    return re.search(rb"(?:^|\n)(?:\xef\xbb\xbf)?TY {1,2}- ?[A-Z]", head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every reference, from its TY line to its ER line or the next TY line."""
    block: list[Line] = []
    size = 0
    for line in bounded_lines(stream):
        tag = _tag(line)
        if tag == b"TY" and block:
            yield _record(stream, block, size)
            block, size = [], 0
        if block or tag or line.overlong:  # else a comment or a number between references
            size += stream.record_bytes + 1 if line.overlong else len(line.data)
            if not block or size <= stream.record_bytes:
                block.append(line)
        if tag == b"ER":
            yield _record(stream, block, size)
            block, size = [], 0
    if block:
        yield _record(stream, block, size)


def _tag(line: Line) -> bytes:
    found = _TAG.match(line.data)
    return found.group(1) if found else b""


def _record(stream: ByteStream, block: list[Line], size: int) -> Record | Reject:
    first = block[0]
    content = b"\n".join(line.data for line in block)
    if size > stream.record_bytes:
        return reject(stream.name, first.number, too_long(stream.record_bytes), content)
    if _tag(first) != b"TY":
        return reject(stream.name, first.number, "The reference does not begin with a TY line.", content)
    try:
        text = decode_utf8(content)
        references = rispy.loads(_with_strict_tags(text), mapping=_TAGS)
    except RecordError as error:
        return reject(stream.name, first.number, str(error), content)
    except Exception as error:  # whatever the parser raises on odd content concerns this reference only
        return reject(stream.name, first.number, f"The reference is not valid RIS ({error}).", content)
    if len(references) != 1:
        return reject(stream.name, first.number, "The reference is not valid RIS.", content)
    return Record(stream.name, first.number, references[0])


def _with_strict_tags(text: str) -> str:
    """Return the reference as rispy wants it: two blanks after a tag, one line a tag, an ER line at the end.

    rispy can join continued lines itself, but in time quadratic in their number.
    """
    fields: list[list[str]] = []
    for line in text.split("\n"):
        if tag := _TEXT_TAG.match(line):
            fields.append([f"{tag.group(1)}  -"])
            line = line[tag.end() :]
        fields[-1].extend(line.split())  # rispy would end a line also at U+2028 and the like
    if fields[-1][0] != "ER  -":
        fields.append(["ER  -"])
    return "\n".join(" ".join([*words, ""]) for words in fields)
