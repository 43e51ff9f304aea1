"""References whose fields are lines with a tag: what RIS, NBIB, EndNote's tagged format and Web of Science share."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from data.papers import RecordError, Reject
from data.readers.records import Record, decode_utf8, reject, too_long
from data.readers.sources import CHUNK_BYTES, ByteStream

Values = dict[str, list[str]]
"""By tag, the values of its lines."""

_NUMBER = re.compile(rb"\s*<?\d+>?[.:]?\s*")


@dataclass(frozen=True, slots=True)
class TagSyntax:
    """How a format writes its references.

    Attributes:
        tag: matches at the start of a line with a tag, which is its group 1, in capitals or not; the value follows.
        first: the tags that begin a reference, and end one that is open; behind others of it they do neither.
        last: the tag that ends a reference, b"" where there is none.
        orphans: the tags that begin a reference whose first line is missing; other lines between references, such as
            numbers, links and search strategies, are nothing of ours.
        blank_line_ends: whether a blank line ends a reference.
        fields: returns the fields of a reference, by names that `data.field_names` knows, for its values by tag; most
            tags are such names themselves.
    """

    tag: re.Pattern[bytes]
    first: frozenset[bytes]
    last: bytes = b""
    orphans: frozenset[bytes] = frozenset()
    blank_line_ends: bool = False
    fields: Callable[[Values], Mapping[str, object]] = dict


@dataclass(frozen=True, slots=True)
class TaggedBlock:
    """The lines of one reference, whole with their ends; or text between references; or a reference with a problem.

    The bytes of all blocks together are those of the stream.
    """

    line: int
    data: bytes
    is_reference: bool = False
    problem: str = ""


def read_tagged(stream: ByteStream, syntax: TagSyntax) -> Iterator[Record | Reject]:
    """Return every reference. A line without a tag continues the value above it.

    Lines may end with LF, CR LF or CR.
    """
    return filter(None, (record_of(stream.name, block, syntax) for block in split_tagged(stream, syntax)))


def record_of(name: str, block: TaggedBlock, syntax: TagSyntax) -> Record | Reject | None:
    """Return the reference in a block of the file of this name; None where the block is text between references."""
    if not (block.is_reference or block.problem):
        return None
    try:
        if block.problem:
            raise RecordError(block.problem)
        return Record(name, block.line, syntax.fields(_values(block.data, syntax)))
    except RecordError as error:
        return reject(name, block.line, str(error), block.data)


def split_tagged(stream: ByteStream, syntax: TagSyntax) -> Iterator[TaggedBlock]:
    """Yield the blocks of a stream in order; a reference over the limit comes in pieces, the first with the problem."""
    return _Splitter(stream, syntax).blocks()


class _Splitter:
    def __init__(self, stream: ByteStream, syntax: TagSyntax) -> None:
        self._stream = stream
        self._limit = stream.record_bytes
        self._syntax = syntax
        self._lines: list[bytes] = []  # of the block that is open
        self._line = 1  # the number of its first line
        self._ended = 0  # how many of its lines are whole
        self._in_reference = False
        self._is_headless = False  # the reference began with an orphan, and its first tag may still come
        self._is_overlong = False  # the reference is: its problem was said, and what still comes of it is text

    def blocks(self) -> Iterator[TaggedBlock]:
        syntax = self._syntax
        size, is_continued = 0, False
        for line, is_whole in self._read_lines():
            content = line.rstrip(b"\r\n")
            found = None if is_continued else syntax.tag.match(content)
            tag = found.group(1).upper() if found else b""
            if self._begins(tag):
                if self._lines:
                    yield self._block()
                    size = 0
                self._in_reference, self._is_overlong = True, False
                self._is_headless = tag not in syntax.first
            elif self._is_headless and (tag in syntax.first or not content.strip()):
                self._is_headless = False
            self._lines.append(line)
            self._ended += is_whole
            size += len(line)
            ends = tag == syntax.last if tag else syntax.blank_line_ends and not content.strip()
            ends = ends and self._in_reference and is_whole
            is_continued = not is_whole
            if ends or size > (self._limit if self._in_reference else CHUNK_BYTES):
                yield self._block()
                size = 0
                self._in_reference = self._in_reference and not ends
        if self._lines:
            yield self._block()

    def _begins(self, tag: bytes) -> bool:
        """Return whether a line with this tag begins a reference; some write the first tag behind others."""
        if tag in self._syntax.first:
            return not (self._in_reference and self._is_headless)
        return tag in self._syntax.orphans and not self._in_reference

    def _read_lines(self) -> Iterator[tuple[bytes, bool]]:
        """Yield the lines with their ends, and whether each is whole: one over the limit comes in pieces."""
        begun: list[bytes] = []  # of a line whose end has not come
        size = 0
        while chunk := self._stream.read():
            may_have_ended = begun and begun[-1].endswith(b"\r")
            begun.append(chunk)
            size += len(chunk)
            if not (b"\n" in chunk or b"\r" in chunk or may_have_ended or size > self._limit):
                continue
            lines = b"".join(begun).splitlines(keepends=True)
            rest = b"" if lines[-1].endswith(b"\n") else lines.pop()  # behind a CR, an LF may follow
            for line in lines:
                yield line, True
            if len(rest) > self._limit:
                yield rest, False
                rest = b""
            begun, size = [rest] if rest else [], len(rest)
        if begun:
            yield b"".join(begun), True

    def _block(self) -> TaggedBlock:
        line, data = self._line, b"".join(self._lines)
        self._line += self._ended
        self._lines, self._ended = [], 0
        if not self._in_reference or self._is_overlong:
            return TaggedBlock(line, data)
        self._is_overlong = len(data) > self._limit
        return TaggedBlock(line, data, not self._is_overlong, too_long(self._limit) if self._is_overlong else "")


def _values(data: bytes, syntax: TagSyntax) -> Values:
    """Return {tag: values} with the lines of a value joined, and white space in it as single blanks.

    Raises:
        RecordError: a value is not UTF-8.
    """
    values: dict[str, list[list[bytes]]] = {}
    value: list[bytes] = []
    for line in without_number(data.splitlines()):
        if tag := syntax.tag.match(line):
            value = [line[tag.end() :]]
            values.setdefault(tag.group(1).upper().decode(), []).append(value)
        else:
            value.append(line)
    return {
        tag: [" ".join(decode_utf8(b" ".join(pieces)).split()) for pieces in repeated]
        for tag, repeated in values.items()
    }


def without_number(lines: list[bytes]) -> list[bytes]:
    """Return the lines without a number at the end, which an exporter wrote before the next reference."""
    kept = len(lines)
    while kept and not lines[kept - 1].strip():
        kept -= 1
    if kept > 1 and _NUMBER.fullmatch(lines[kept - 1]) and not lines[kept - 2].strip():
        return lines[: kept - 1]
    return lines
