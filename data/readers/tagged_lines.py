"""References whose fields are lines with a tag: what RIS, NBIB, EndNote's tagged format and Web of Science share."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from data.papers import RecordError, Reject
from data.readers.records import Record, decode_utf8, reject, too_long
from data.readers.sources import CHUNK_BYTES, ByteStream
from data.readers.window import Window

_LINE_END = re.compile(rb"\r\n|\r|\n")
Values = dict[str, list[str]]
"""By tag, the values of its lines."""

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


def lines_with_ends(data: bytes) -> list[bytes]:
    """Return the lines of some content, each with its end (LF, CR LF or CR)."""
    stops = [0, *(found.end() for found in _LINE_END.finditer(data))]
    if stops[-1] < len(data):
        stops.append(len(data))
    return [data[start:stop] for start, stop in pairwise(stops)]


class _Splitter:
    def __init__(self, stream: ByteStream, syntax: TagSyntax) -> None:
        self._window = Window(stream.read)
        self._limit = stream.record_bytes
        self._syntax = syntax
        self._in_reference = False
        self._is_overlong = False  # the reference is: its problem was said, and what still comes of it is text

    def blocks(self) -> Iterator[TaggedBlock]:
        window = self._window
        at, is_continued = window.start, False
        while True:
            stop, is_whole = self._line_stop(at)
            if stop == at:
                break
            line = window.data[at:stop].rstrip(b"\r\n")
            found = None if is_continued else self._syntax.tag.match(line)
            tag = found.group(1) if found else b""
            if tag in self._syntax.first or (tag in self._syntax.orphans and not self._in_reference):
                if at > window.start:
                    yield self._block(at)
                    at, stop = window.start, window.start + stop - at
                self._in_reference, self._is_overlong = True, False
            ends = tag == self._syntax.last if tag else self._syntax.blank_line_ends and not line.strip()
            ends = ends and self._in_reference and is_whole
            at, is_continued = stop, not is_whole
            if ends or at - window.start > (self._limit if self._in_reference else CHUNK_BYTES):
                yield self._block(at)
                at = window.start
                self._in_reference = self._in_reference and not ends
        if at > window.start:
            yield self._block(at)

    def _line_stop(self, at: int) -> tuple[int, bool]:
        """Return where the line ends that begins here, and whether it is whole: one over the limit comes in pieces."""
        window, searched = self._window, at
        while True:
            found = _LINE_END.search(window.data, searched)
            if found is None:
                searched = len(window.data)
                if searched - at > self._limit:
                    return searched, False
                if not window.more():
                    return searched, True
            elif found.group() == b"\r" and found.end() == len(window.data) and window.more():
                searched = found.start()  # an LF may follow
            else:
                return found.end(), True

    def _block(self, stop: int) -> TaggedBlock:
        line, data = self._window.line, self._window.drop(stop)
        if not self._in_reference or self._is_overlong:
            return TaggedBlock(line, data)
        self._is_overlong = len(data) > self._limit
        return TaggedBlock(line, data, not self._is_overlong, too_long(self._limit) if self._is_overlong else "")


def _values(data: bytes, syntax: TagSyntax) -> Values:
    """Return {tag: values} with the lines of a value joined, and white space in it as single blanks.

    Raises:
        RecordError: a line is not UTF-8.
    """
    values: dict[str, list[list[str]]] = {}
    value: list[str] = []
    for line in without_number(_LINE_END.split(data)):
        start = 0
        if tag := syntax.tag.match(line):
            start = tag.end()
            value = []
            values.setdefault(tag.group(1).decode(), []).append(value)
        value.append(decode_utf8(line[start:]))
    return {tag: [" ".join(" ".join(pieces).split()) for pieces in repeated] for tag, repeated in values.items()}


def without_number(lines: list[bytes]) -> list[bytes]:
    """Return the lines without a number at the end, which an exporter wrote before the next reference."""
    kept = len(lines)
    while kept and not lines[kept - 1].strip():
        kept -= 1
    if kept > 1 and _NUMBER.fullmatch(lines[kept - 1]) and not lines[kept - 2].strip():
        return lines[: kept - 1]
    return lines
