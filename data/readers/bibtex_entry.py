"""The grammar of one BibTeX entry: where its key, its fields and the parts of their values are."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from data.readers.window import Window

# At the start of a line: "@word{key,", "@word{name =", "@word{" alone, or one of BibTeX's own words.
_LIKELY_ENTRY = (
    rb"@(?:(?<=[\r\n]@)|(?<=[\r\n][ \t]@)|(?<=[\r\n][ \t]{2}@)|(?<=[\r\n][ \t]{4}@))(?=[ \t]*(?:[A-Za-z][\w-]*[ \t]*"
    rb"(?:\{[ \t]*(?:[^,={}()\"%#\r\n]*[,\r\n]|[\w-]+[ \t]*=)"
    rb"|\([ \t]*[^\s,={}()\"%#]*,[ \t]*(?:[\r\n]|[\w-]+[ \t]*=))"
    rb"|(?i:string|comment|preamble)[ \t]*[{(]))"
)
# A backslash takes the next character along, so "\\}" closes a group and "\}" does not. All alternatives begin with
# a character of their own, which is what makes the search fast.
MARKS = re.compile(rb"\{|\}|\\.|" + _LIKELY_ENTRY, re.DOTALL)
# As BibTeX itself counts, where "\}" closes a group: the second try, for paths such as {C:\papers\}.
MARKS_WITHOUT_ESCAPES = re.compile(rb"\{|\}|" + _LIKELY_ENTRY)
_QUOTES = {marks: re.compile(rb"\"|" + marks.pattern, re.DOTALL) for marks in (MARKS, MARKS_WITHOUT_ESCAPES)}

_HEAD = re.compile(rb"@\s*([A-Za-z][\w-]*)\s*([{(])")
_KEY = {b"}": re.compile(rb"\s*([^,={}\"]*)"), b")": re.compile(rb"\s*([^,={}\")]*)")}
_KEY_WITH_BRACES = re.compile(rb"\s*([^,=\r\n]*)(?=,)")
_BETWEEN_FIELDS = re.compile(rb"[\s,]+|%[^\r\n]*")
_NAME = re.compile(rb"([^\s=,{}()\"#%@][^=,{}()\"#%@]*?)\s*=\s*")
_WORD = {b"}": re.compile(rb"[^\s,#{}\"=]+"), b")": re.compile(rb"[^\s,#{}\"=)]+")}
_SPACE = re.compile(rb"\s*")
# A quotation mark ends a value where a field, the end of the entry or # follows: texts have quotation marks too.
_AFTER_QUOTE = re.compile(rb"\s*(?:[#)}%@]|,[\s,]*(?:[^\s=,{}()\"#%@]+\s*=|[)}%@]|\Z)|[^\s=,{}()\"#%@]+\s*=|\Z)")
# Keys, names and numbers are shorter than this; only texts in braces or quotation marks may be longer.
_LOOK_AHEAD = 2048
# An abstract may have lines like these; a text with more of them has swallowed entries, since its end is missing.
MOST_ENTRIES = 20
_CUT_MARK = 256  # a mark that the end of the window cuts in two begins in so many bytes

_UNCLOSED = "The BibTeX entry does not end (a closing brace is missing)."
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
    """An entry: its kind in lower case, its key ("" without one), its fields, and where it ends."""

    kind: str
    key: bytes
    fields: tuple[Field, ...]
    stop: int


class Malformed(Exception):
    """The bytes are no entry; the message is the reason as a sentence."""


class Unclosed(Malformed):
    """The input, or what may be held of it, ends before the entry does."""


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
        self._limit = limit
        self._braces = marks
        self._quotes = _QUOTES[marks]
        self._entries_left = most_entries
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
            self._entries_left *= sys.maxsize  # a comment may hold a library
            self._skip_block()
            return Entry(kind, key, (), self._at - self._start)
        if kind != "string":
            key = self._key()
        fields = []
        while not self._closed():
            fields.append(self._field())
        return Entry(kind, key, tuple(fields), self._at - self._start)

    def _match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Match a short pattern here and go behind it."""
        self._window.has(self._at + _LOOK_AHEAD)
        found = pattern.match(self._window.data, self._at)
        if found:
            self._at = found.end()
        return found

    def _next(self) -> bytes:
        if not self._window.has(self._at + 1):
            raise Unclosed(_UNCLOSED)
        return self._window.data[self._at : self._at + 1]

    def _key(self) -> bytes:
        before = self._at
        found = self._match(_KEY[self._close])
        key = found.group(1).rstrip() if found else b""
        following = self._next()
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
        while self._match(_BETWEEN_FIELDS):
            pass
        if self._next() != self._close:
            return False
        self._at += 1
        return True

    def _field(self) -> Field:
        start = self._at
        found = self._match(_NAME)
        if not found:
            raise Malformed(_MALFORMED)
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
            start - begin,
            stop - begin,
            tuple(Part(part.start - begin, part.stop - begin, part.bare) for part in parts),
        )

    def _part(self) -> Part | None:
        first, start = self._next(), self._at
        if first == b"{":
            self._skip_group()
            return Part(start + 1, self._at - 1, bare=False)
        if first == b'"':
            self._skip_quoted()
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

    def _skip_block(self) -> None:
        """Go behind a block that has no fields, in braces or parentheses."""
        if self._close == b"}":
            self._at -= 1
            self._skip_group()
        elif closing := next(self._marks(re.compile(rb"\)")), None):
            self._at = closing.end()
        else:
            raise Unclosed(_UNCLOSED)

    def _skip_group(self) -> None:
        """Go behind the group in braces that opens here."""
        depth = 0
        for found in self._marks(self._braces):
            mark = found.group()
            if mark == b"{":
                depth += 1
            elif mark == b"}":
                depth -= 1
                if depth == 0:
                    self._at = found.end()
                    return
            elif mark == b"@" and self._swallows():
                break
        raise Unclosed(_UNCLOSED)

    def _skip_quoted(self) -> None:
        """Go behind the text in quotation marks that begins here."""
        depth = 0
        self._at += 1
        for found in self._marks(self._quotes):
            mark = found.group()
            if mark == b"{":
                depth += 1
            elif mark == b"}":
                depth -= 1
            elif mark == b'"':
                self._window.has(found.end() + _LOOK_AHEAD)
                if depth <= 0 and _AFTER_QUOTE.match(self._window.data, found.end()):
                    self._at = found.end()
                    return
            elif mark == b"@" and self._swallows():
                break
        raise Unclosed(_UNCLOSED)

    def _swallows(self) -> bool:
        """Return whether the line that looks like the start of an entry is one too many for a text."""
        self._entries_left -= 1
        return self._entries_left < 0

    def _marks(self, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
        """Yield the matches from here on; end where the input or the limit does."""
        at = self._at
        while True:
            for found in pattern.finditer(self._window.data, at):
                yield found
                at = found.end()
            at = max(at, len(self._window.data) - _CUT_MARK)
            if len(self._window.data) - self._start > self._limit or not self._window.more():
                return
