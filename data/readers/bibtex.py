"""BibTeX: cut into entries here, so that it streams and a bad entry stays alone; parsed by bibtexparser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.model import DuplicateFieldKeyBlock, Entry

from data.papers import RecordError, Reject
from data.readers.latex import decode_latex
from data.readers.lines import bounded_lines
from data.readers.records import Record, decode_utf8, reject, too_long
from data.readers.sources import ByteStream

_ENTRY = re.compile(rb"@\s*([A-Za-z]+)\s*[{(]")
_BRACE = re.compile(rb"(?<!\\)[{}]")
_MACRO = re.compile(r"@\s*string\s*[{(]\s*([^\s={}()]+)\s*=", re.IGNORECASE)
_MACRO_USE = re.compile(r"[=#]\s*([A-Za-z][^\s,#{}=\"]*)")
_NOT_PAPERS = (b"comment", b"preamble")


def matches(head: bytes) -> bool:
    """Return whether a line of the head begins an entry."""
    return re.search(rb"(?m)^[ \t]*@\s*[A-Za-z]+\s*\{\s*[^\s{}]+\s*[,=}]", head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every entry under its citation key, with LaTeX decoded and @string macros put in."""
    macros: dict[str, str] = {}
    for entry in _entries(stream):
        if entry.kind in _NOT_PAPERS:
            continue
        try:
            text = entry.text(stream.record_bytes)
            if entry.kind != b"string":
                yield Record(stream.name, entry.line, _fields(text, macros))
            elif name := _MACRO.match(text.lstrip()):
                macros[name.group(1).lower()] = text
        except RecordError as error:
            yield reject(stream.name, entry.line, str(error), b"\n".join(entry.lines[:5]))


@dataclass(slots=True)
class _Entry:
    """The lines of one entry; `depth` counts the braces that are open."""

    kind: bytes
    line: int
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    depth: int = 0
    overlong: bool = False

    def text(self, limit: int) -> str:
        if self.overlong:
            raise RecordError(too_long(limit))
        if self.depth > 0:
            raise RecordError("The BibTeX entry does not end (a closing brace is missing).")
        return decode_utf8(b"\n".join(self.lines))

    def add(self, data: bytes, overlong: bool, limit: int) -> bytes:
        """Take a line (or what is left of one); return what comes after the end of the entry in it."""
        stop = len(data)
        for brace in _BRACE.finditer(data):
            self.depth += 1 if brace.group() == b"{" else -1
            if self.depth == 0:
                stop = brace.end()
                break
        self.size += stop
        self.overlong = self.overlong or overlong or self.size > limit
        if not self.overlong:
            self.lines.append(data[:stop])
        return data[stop:]


def _entries(stream: ByteStream) -> Iterator[_Entry]:
    """Yield the entries. A line that begins a new one ends one that is still open."""
    entry: _Entry | None = None
    for line in bounded_lines(stream):
        rest = line.data.lstrip()
        start = _ENTRY.match(rest)
        while rest or line.overlong:
            if start:
                if entry:
                    yield entry
                entry = _Entry(start.group(1).lower(), line.number)
            if entry is None:
                break
            rest = entry.add(rest, line.overlong, stream.record_bytes)
            if entry.depth > 0 or line.overlong:
                break
            yield entry
            entry = None
            start = _ENTRY.search(rest)
            rest = rest[start.start() :] if start else b""
    if entry:
        yield entry


def _fields(text: str, macros: dict[str, str]) -> dict[str, object]:
    """Return the fields of one entry; its citation key is its id.

    Raises:
        RecordError: the entry is not valid BibTeX.
    """
    used = {name.lower() for name in _MACRO_USE.findall(text)} & macros.keys()
    try:
        entry = _parsed(parse_string("\n".join([*(macros[name] for name in sorted(used)), text])))
        values = {item.key: decode_latex(str(item.value)) for item in reversed(entry.fields)}
    except Exception as error:  # whatever the parser raises on odd content concerns this entry only
        raise RecordError("The entry is not valid BibTeX; check its commas, braces and quotes.") from error
    return {**values, "id": entry.key}


def _parsed(library: Library) -> Entry:
    """Return the only entry; one that repeats a field counts as failed in bibtexparser but can be read."""
    repeating = (
        block.ignore_error_block for block in library.failed_blocks if isinstance(block, DuplicateFieldKeyBlock)
    )
    return next(block for block in [*library.entries, *repeating] if isinstance(block, Entry))
