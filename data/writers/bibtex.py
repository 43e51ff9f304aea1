"""Keywords into BibTeX: what is changed is the text of the field, or a field that comes behind the last one."""

import re
from collections.abc import Iterator
from functools import partial

from data.readers.bibtex import read_blocks
from data.readers.bibtex_blocks import Block
from data.readers.bibtex_entry import Entry, Field
from data.readers.latex import decode_latex
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.writers.keywords import Change, KeywordChange, Piece, rejoined, separated

_NAMES = ("keywords", "keyword")
_SPECIAL = re.compile(r"[&%$#_{}~^\\]")
_ESCAPED = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
_INDENT = re.compile(rb"[ \t\r\n]*\Z")
_LINE_START = re.compile(rb"(?:\r\n|\n|\r)[ \t]*\Z")
_AROUND_EQUALS = re.compile(rb"([ \t]*)=([ \t]*)")
_COMMA = re.compile(rb"\s*,")


def accepts(head: bytes) -> bool:
    """Return True: every such file can be given back."""
    return True


def pieces(stream: ByteStream) -> Iterator[Piece]:
    """Yield the entries of a stream, and the text between them."""
    for block, record in read_blocks(stream):
        if isinstance(record, Record) and block.entry:
            yield Piece(block.data, record, partial(_changed, block, block.entry, record))
        else:
            yield Piece(block.data, record)


def _changed(block: Block, entry: Entry, record: Record, change: Change) -> bytes:
    fields = {field.name.lower(): field for field in reversed(entry.fields)}
    field = next((fields[name] for name in _NAMES if name in fields), None)
    if field is None:
        wanted = change([])
        return _with_field(block.data, entry, wanted) if wanted.added else block.data
    if len(field.parts) == 1 and not field.parts[0].bare:
        return _with_text(block.data, field, change)
    # macros and parts joined by "#" stay as they are: new keywords are one more part
    items, between = separated(str(record.fields.get(field.name, "")))
    added = tuple(map(_escaped, change(items).added))
    if not added:
        return block.data
    separator = between[0] if between else ", "
    if not field.parts:
        return _inserted(block.data, field.stop, "{" + separator.join(added) + "}")
    return _inserted(block.data, field.stop, " # {" + separator.join(["", *added]) + "}")


def _with_text(data: bytes, field: Field, change: Change) -> bytes:
    """Return the entry with another text in the braces or quotation marks of a field."""
    part = field.parts[0]
    items, between = separated(data[part.start : part.stop].decode(), braces=True)
    wanted = change([decode_latex(item) for item in items])
    if not (wanted.added or wanted.removed):
        return data
    escaped = KeywordChange(tuple(map(_escaped, wanted.added)), wanted.removed)
    return data[: part.start] + rejoined(items, between, escaped).encode() + data[part.stop :]


def _with_field(data: bytes, entry: Entry, wanted: KeywordChange) -> bytes:
    """Return the entry with a field of keywords behind the last one, spaced as that one is."""
    last = entry.fields[-1]
    before = _INDENT.search(data[: last.start])
    indent = before.group() if before else b""
    line_start = _LINE_START.search(indent)
    indent = line_start.group() if line_start else indent or b" "
    spaced = _AROUND_EQUALS.match(data, last.start + len(last.name.encode()))
    left, right = spaced.groups() if spaced else (b" ", b" ")
    # a column of equals signs goes on
    name = f"keywords{left[:1].decode()}".ljust(len(last.name) + len(left) if len(left) > 1 else 0)
    if last.name.isupper():
        name = name.upper()
    text = f"{name}={right.decode()}{{{', '.join(map(_escaped, wanted.added))}}}"
    comma = _COMMA.match(data, last.stop)
    if comma:
        return _inserted(data, comma.end(), indent.decode() + text + ",")
    return _inserted(data, last.stop, "," + indent.decode() + text)


def _inserted(data: bytes, at: int, text: str) -> bytes:
    return data[:at] + text.encode() + data[at:]


def _escaped(keyword: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPED.get(found[0], "\\" + found[0]), keyword)
