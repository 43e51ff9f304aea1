"""BibTeX and biblatex, as reference managers, databases and publishers export them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from data.papers import RecordError, Reject
from data.readers.bibtex_blocks import Block, split_blocks
from data.readers.bibtex_entry import Field
from data.readers.latex import decode_latex
from data.readers.records import Record, decode_utf8, reject, too_long
from data.readers.sources import ByteStream

_FIRST_ENTRY = re.compile(
    rb"(?:^|[\r\n])[ \t]*@\s*(?:[A-Za-z][\w-]*\s*\{\s*(?:[^{}=,]*,|[\w-]+\s*=|[^\s{}]+\s*\})"
    rb"|[A-Za-z][\w-]*\s*\(\s*[^\s{}()=,]*\s*,\s*[\w-]+\s*="
    rb"|(?i:string|comment|preamble)\s*[{(])"
)
_MOST_NAMED = 10  # lines of entries, in a warning
# Blocks that hold what a program needs, and no paper.
_NOT_PAPERS = frozenset(["comment", "preamble", "control", "bibdesk_info", "set", "xdata"])


def matches(head: bytes) -> bool:
    """Return whether a line of the head begins an entry."""
    return _FIRST_ENTRY.search(head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every entry with its key as the id, with LaTeX as plain text and @string macros put in."""
    return (record for _, record in read_blocks(stream) if record is not None)


def read_blocks(stream: ByteStream) -> Iterator[tuple[Block, Record | Reject | None]]:
    """Yield every block of the file with the record that it is, None where it is no entry of a paper."""
    macros: dict[str, str] = {}
    stray: list[int] = []
    for block in split_blocks(stream):
        try:
            record = _record(stream, block, macros)
        except RecordError as error:
            yield block, reject(stream.name, block.line, str(error), block.data)
        else:
            if record is not None and block.entry and block.entry.has_stray and len(stray) < _MOST_NAMED:
                stray.append(block.line)
            yield block, record
    if stray:
        stream.warn(
            f"Entries have text that belongs to no field, which was left out (in {_lines(stray)}): "
            "check their commas, braces and signs of equality."
        )


def _lines(numbers: Sequence[int]) -> str:
    more = " and others" if len(numbers) == _MOST_NAMED else ""
    return f"{'lines' if len(numbers) > 1 else 'line'} {', '.join(map(str, numbers))}{more}"


def _record(stream: ByteStream, block: Block, macros: dict[str, str]) -> Record | None:
    """Return the record of an entry; a macro is put among the macros.

    Raises:
        RecordError: the block is broken, not UTF-8, or too long with its macros.
    """
    if block.problem:
        raise RecordError(block.problem)
    if block.entry is None or block.entry.kind in _NOT_PAPERS:
        return None
    values = _values(block, block.entry.fields, macros, stream.record_bytes)
    if block.entry.kind == "string":
        macros |= {name.lower(): value for name, value in values.items()}
        return None
    return Record(stream.name, block.line, _fields(decode_utf8(block.entry.key), values))


def _values(block: Block, fields: tuple[Field, ...], macros: Mapping[str, str], limit: int) -> dict[str, str]:
    """Return {name: value} with the parts of a value joined; the first of repeated fields that has one counts.

    Raises:
        RecordError: a value is not UTF-8, or all together are longer than the limit.
    """
    values: dict[str, str] = {}
    size = 0
    for field in fields:
        parts = []
        for part in field.parts:
            text = decode_utf8(block.data[part.start : part.stop])
            parts.append(macros.get(text.lower(), text) if part.bare else text)
            size += len(parts[-1])
            if size > limit:  # macros of macros can grow like 2, 4, 8
                raise RecordError(too_long(limit))
        if not values.get(field.name, "").strip():
            values[field.name] = "".join(parts)
    return values


def _fields(key: str, values: Mapping[str, str]) -> dict[str, object]:
    fields: dict[str, object] = {"id": key} if key else {}
    for name, value in values.items():
        if not (key and name.lower() == "id"):
            fields[name] = " ".join(decode_latex(value).split())
    names = {name.lower(): name for name in fields}
    if "title" in names and "subtitle" in names:
        fields[names["title"]] = f"{fields[names['title']]}: {fields[names['subtitle']]}"
    return fields
