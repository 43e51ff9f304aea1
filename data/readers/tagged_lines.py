"""References whose fields are lines with a tag: what RIS, NBIB, EndNote's tagged format and Web of Science share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.papers import RecordError, Reject
from data.readers.lines import Line, bounded_lines
from data.readers.records import Record, decode_utf8, reject, too_long
from data.readers.sources import ByteStream

_NUMBER = re.compile(rb"\s*<?\d+>?[.:]?\s*")


@dataclass(frozen=True, slots=True)
class TagSyntax:
    """How a format writes its references.

    Attributes:
        tag: matches at the start of a line with a tag, which is its group 1; the value follows.
        first: the tags that begin a reference, and end one that is open.
        last: the tag that ends a reference, b"" where there is none.
        orphans: the tags that begin a reference whose first line is missing; other lines between references, such as
            numbers, links and search strategies, are nothing of ours.
        blank_line_ends: whether a blank line ends a reference.
    """

    tag: re.Pattern[bytes]
    first: frozenset[bytes]
    last: bytes = b""
    orphans: frozenset[bytes] = frozenset()
    blank_line_ends: bool = False


def read_tagged(stream: ByteStream, syntax: TagSyntax) -> Iterator[Record | Reject]:
    """Yield every reference as {tag: its values}. A line without a tag continues the value above it.

    Lines may end with LF, CR LF or CR.
    """
    block = _Block(stream, syntax)
    for line in bounded_lines(stream, carriage_returns=True):
        tag = syntax.tag.match(line.data)
        name = tag.group(1) if tag else b""
        if name in syntax.first and block.lines:
            block.drop_number()
            yield block.taken()
        if block.lines or name in syntax.first or name in syntax.orphans or line.overlong:
            block.add(line)
        ends = name == syntax.last if name else syntax.blank_line_ends and not line.data.strip()
        if ends and block.lines:
            yield block.taken()
    if block.lines:
        yield block.taken()


class _Block:
    """The lines of one reference, of which no more than the limit is held."""

    def __init__(self, stream: ByteStream, syntax: TagSyntax) -> None:
        self._stream = stream
        self._syntax = syntax
        self.lines: list[Line] = []
        self._size = 0

    def add(self, line: Line) -> None:
        self._size += self._stream.record_bytes + 1 if line.overlong else len(line.data)
        if not self.lines or self._size <= self._stream.record_bytes:
            self.lines.append(line)

    def drop_number(self) -> None:
        """Take a number off the end, which an exporter wrote, after a blank line, before the next reference."""
        kept = len(self.lines)
        while kept and not self.lines[kept - 1].data.strip():
            kept -= 1
        if kept > 1 and _NUMBER.fullmatch(self.lines[kept - 1].data) and not self.lines[kept - 2].data.strip():
            del self.lines[kept - 1 :]

    def taken(self) -> Record | Reject:
        """Return the reference that the lines are, and start anew."""
        lines, size, limit = self.lines, self._size, self._stream.record_bytes
        self.lines, self._size = [], 0
        name, number = self._stream.name, lines[0].number
        content = b"\n".join(line.data for line in lines)
        if size > limit:
            return reject(name, number, too_long(limit), content)
        try:
            return Record(name, number, _values(lines, self._syntax.tag))
        except RecordError as error:
            return reject(name, number, str(error), content)


def _values(lines: list[Line], pattern: re.Pattern[bytes]) -> dict[str, list[str]]:
    """Return {tag: values} with the lines of a value joined, and white space in it as single blanks.

    Raises:
        RecordError: a line is not UTF-8.
    """
    values: dict[str, list[list[str]]] = {}
    value: list[str] = []
    for line in lines:
        start = 0
        if tag := pattern.match(line.data):
            start = tag.end()
            value = []
            values.setdefault(tag.group(1).decode(), []).append(value)
        value.append(decode_utf8(line.data[start:]))
    return {tag: [" ".join(" ".join(pieces).split()) for pieces in repeated] for tag, repeated in values.items()}
