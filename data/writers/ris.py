"""Keywords into RIS: a KW line for each."""

import re
from collections.abc import Iterator
from functools import partial

from data.readers.records import Record
from data.readers.ris import SYNTAX
from data.readers.sources import ByteStream
from data.readers.tagged_lines import TaggedBlock, record_of, split_tagged, without_number
from data.writers.keywords import Change, Piece, separated

_TAG = b"KW"


def accepts(head: bytes) -> bool:
    """Return True: every such file can be given back."""
    return True


def pieces(stream: ByteStream) -> Iterator[Piece]:
    """Yield the references of a stream, and the text between them."""
    for block in split_tagged(stream, SYNTAX):
        record = record_of(stream.name, block, SYNTAX)
        yield Piece(block.data, record, partial(_changed, block) if isinstance(record, Record) else None)


def _changed(block: TaggedBlock, change: Change) -> bytes:
    lines = block.data.splitlines(keepends=True)
    fields = list(_fields(lines))
    keywords = [(first, stop) for tag, first, stop in fields if tag == _TAG]
    values = [_value(lines[first:stop]) for first, stop in keywords]
    # a line may have several keywords: they are there, but none of them can go
    several = [item for value in values for item in [*separated(value)[0], *value.split("\n")]]
    wanted = change([*values, *several])
    single = [number for number, value in enumerate(values) if len(separated(value)[0]) == 1 and "\n" not in value]
    gone = {line for number in wanted.removed.intersection(single) for line in range(*keywords[number])}
    at = _place(lines, fields)
    new = _new_lines(lines, at, wanted.added)
    kept = [b"" if number in gone else line for number, line in enumerate(lines)]
    return b"".join([*kept[:at], *new, *kept[at:]])


def _fields(lines: list[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Yield the tag of each field, its first line, and where it stops; blank lines at its end are none of it."""
    count = len(without_number([_content(line) for line in lines]))
    tags = [(number, _tag(line)) for number, line in enumerate(lines)]
    starts = [(number, found.group(1)) for number, found in tags if found]
    for (first, tag), (stop, _) in zip(starts, [*starts[1:], (count, b"")], strict=True):
        while stop > first + 1 and not lines[stop - 1].strip():
            stop -= 1
        yield tag.upper(), first, stop


def _value(lines: list[bytes]) -> str:
    tag = _tag(lines[0])
    first = lines[0][tag.end() if tag else 0 :]
    return "\n".join(line.decode().strip() for line in [first, *lines[1:]])


def _place(lines: list[bytes], fields: list[tuple[bytes, int, int]]) -> int:
    """Return before which line new keywords come: behind the last ones, else before the end of the reference."""
    stops = [stop for tag, _, stop in fields if tag == _TAG]
    if stops:
        return stops[-1]
    ends = [first for tag, first, _ in fields if tag == SYNTAX.last]
    return ends[-1] if ends else fields[-1][2] if fields else len(lines)


def _new_lines(lines: list[bytes], at: int, keywords: tuple[str, ...]) -> list[bytes]:
    """Return the new lines, spaced and ended as those before them."""
    before = lines[at - 1]
    tag = next(found for line in lines if (found := _tag(line)))
    indent, spacing = tag.string[: tag.start(1)], tag.string[tag.end(1) : tag.end()].rstrip() + b" "
    end = before[len(_content(before)) :]
    style = end or lines[0][len(_content(lines[0])) :] or b"\n"
    name = _TAG.lower() if tag.group(1).islower() else _TAG
    new = [indent + name + spacing + keyword.encode() + style for keyword in keywords]
    if not end and new:  # the file ends in the line before: the new last line has no end either
        new = [style, *new[:-1], new[-1].removesuffix(style)]
    return new


def _tag(line: bytes) -> re.Match[bytes] | None:
    return SYNTAX.tag.match(_content(line))


def _content(line: bytes) -> bytes:
    return line.rstrip(b"\r\n")
