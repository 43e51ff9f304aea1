"""The grammar of one BibTeX entry: where its key, its fields and the parts of their values are."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from data.readers.bibtex_texts import (
    LOOK_AHEAD,
    MARKS,
    MOST_ENTRIES,
    UNCLOSED,
    Malformed,
    TextEnds,
    Unclosed,
)
from data.readers.window import Window

_HEAD = re.compile(rb"@\s*([A-Za-z][\w-]*)\s*([{(])")
_KEY = {b"}": re.compile(rb"\s*([^,={}\"]*)"), b")": re.compile(rb"\s*([^,={}\")]*)")}
# The rest of a key with a comma, which names of authors bring: no name of a field follows that comma.
_KEY_AFTER_COMMA = re.compile(rb",[^\s={}\",%][^={}\"\r\n]{0,500}?(?=\s*,\s*[A-Za-z][\w-]*\s*=)")
# Behind a brace that is one too many, the next field.
_FIELD_BEHIND_BRACE = re.compile(rb"[ \t]*,\s*[A-Za-z][\w-]*\s*=\s*[{\"\d]")
_KEY_WITH_BRACES = re.compile(rb"\s*([^,=\r\n]*)(?=,)")
_BETWEEN_FIELDS = re.compile(rb"[\s,]+|%[^\r\n]*")
# Bounded, since blanks without end could belong to either part, and trying all ways takes the square of their number.
_NAME = re.compile(rb"([^\s=,{}()\"#%@][^=,{}()\"#%@\r\n]{0,200}?)\s{0,500}=[\s=]*")
# Text between fields that is none. It ends with its line or a comma; before a brace it may be the rest of a value.
_STRAY = re.compile(rb"[^={}\"@,\r\n]+(?=[,\r\n])")
_WORD = {b"}": re.compile(rb"[^\s,#{}\"=]+"), b")": re.compile(rb"[^\s,#{}\"=)]+")}
_SPACE = re.compile(rb"\s*")
_MALFORMED = "The entry is not valid BibTeX; check its commas, braces and quotes."


class Part(NamedTuple):
    """A text in braces or quotation marks (without them), or a bare word: a number or the name of a macro."""

    start: int
    stop: int
    bare: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field: where its name starts and its value stops, and the parts that "#" joins; from the entry's "@" on."""

    name: str
    start: int
    stop: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: its kind in lower case, its key ("" without one), its fields, and where it ends.

    `has_stray` says whether it has text that belongs to no field.
    """

    kind: str
    key: bytes
    fields: tuple[Field, ...]
    stop: int
    has_stray: bool = False


def parse_entry(
    window: Window, limit: int, marks: re.Pattern[bytes] = MARKS, most_entries: int = MOST_ENTRIES
) -> Entry:
    """Return the entry at the start of the window. Missing commas are no fault.

    Args:
        window: reads on as far as the entry goes.
        limit: the most bytes to hold.
        marks: what opens, closes and escapes in texts.
        most_entries: so many lines that look like the start of another entry may stand in texts of this one.

    Raises:
        Malformed: what stands there is no entry.
    """
    return _Parser(window, limit, marks, most_entries).entry()


class _Parser:
    def __init__(self, window: Window, limit: int, marks: re.Pattern[bytes], most_entries: int) -> None:
        self._window = window
        self._texts = TextEnds(window, limit, marks, most_entries)
        self._start = self._at = window.start
        self._close = b"}"

    def entry(self) -> Entry:
        head = self._match(_HEAD)
        if head is None:
            raise Malformed(_MALFORMED)
        kind = head.group(1).decode("ascii", "replace").lower()
        self._close = b"}" if head.group(2) == b"{" else b")"
        key = b""
        if kind in ("comment", "preamble"):
            self._at = self._texts.block_end(self._at - 1, self._close)
            return Entry(kind, key, (), self._at - self._start)
        if kind != "string":
            key = self._key()
        fields = []
        has_stray = False
        while not self._closed():
            if name := self._match(_NAME):
                fields.append(self._field(name))
            elif self._match(_STRAY):
                has_stray = True
            else:
                raise Malformed(_MALFORMED)
        return Entry(kind, key, tuple(fields), self._at - self._start, has_stray)

    def _match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Match a short pattern here and go behind it."""
        if found := self._here(pattern):
            self._at = found.end()
        return found

    def _here(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        self._window.has(self._at + LOOK_AHEAD)
        return pattern.match(self._window.data, self._at)

    def _next(self) -> bytes:
        if not self._window.has(self._at + 1):
            raise Unclosed(UNCLOSED)
        return self._window.data[self._at : self._at + 1]

    def _key(self) -> bytes:
        before = self._at
        found = self._match(_KEY[self._close])
        key = found.group(1).rstrip() if found else b""
        following = self._next()
        if following == b"," and (more := self._match(_KEY_AFTER_COMMA)):
            return key + more.group().rstrip()
        if following == b"=":  # no key, or no comma after it: the last word is the name of the first field
            *words, name = key.split() or [b""]
            self._at = before + self._window.data[before : self._at].rfind(name)
            return b" ".join(words)
        if following in (b"{", b'"'):
            self._at = before
            if not (found := self._match(_KEY_WITH_BRACES)):
                raise Malformed(_MALFORMED)
            key = found.group(1).rstrip()
        return key

    def _closed(self) -> bool:
        """Go to the next field, over commas and lines that "%" comments out; return whether the entry ends there."""
        while True:
            while self._match(_BETWEEN_FIELDS):
                pass
            if self._next() != self._close:
                return False
            self._at += 1
            if not self._here(_FIELD_BEHIND_BRACE):
                return True

    def _field(self, found: re.Match[bytes]) -> Field:
        """Return the field whose name was found, with the value that stands here."""
        parts: list[Part] = []
        stop = self._at
        while part := self._part():
            parts.append(part)
            stop = self._at
            self._match(_SPACE)
            if self._next() != b"#":
                break
            self._at += 1
            self._match(_SPACE)
        self._at = stop
        name = found.group(1).decode("utf-8", "replace")
        begin = self._start
        return Field(
            name,
            found.start() - begin,
            stop - begin,
            tuple(Part(part.start - begin, part.stop - begin, part.bare) for part in parts),
        )

    def _part(self) -> Part | None:
        first, start = self._next(), self._at
        if first == b"{":
            self._at = self._texts.group_end(start)
            return Part(start + 1, self._at - 1, bare=False)
        if first == b'"':
            self._at = self._texts.quoted_end(start)
            return Part(start + 1, self._at - 1, bare=False)
        stop = start
        while self._match(_WORD[self._close]):  # words without quotation marks are no BibTeX, but can be read
            word_stop = self._at
            self._match(_SPACE)
            if self._next() == b"=":  # a comma is missing: this word is the name of the next field
                break
            stop = word_stop
        self._at = stop
        return Part(start, stop, bare=True) if stop > start else None
