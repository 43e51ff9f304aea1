"""Where a text of a BibTeX entry ends, in braces or quotation marks, though any sign may stand in it."""

import re
import sys
from collections.abc import Iterator

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
# A quotation mark ends a value where a field, the end of the entry or # follows: texts have quotation marks too.
_AFTER_QUOTE = re.compile(rb"\s*(?:[#)}%@]|,[\s,]*(?:[^\s=,{}()\"#%@]+\s*=|[)}%@]|\Z)|[^\s=,{}()\"#%@]+\s*=|\Z)")
# Names and numbers are shorter than this, and so is what tells whether a quotation mark ends a text.
LOOK_AHEAD = 2048
# An abstract may have lines like these; a text with more of them has swallowed entries, since its end is missing.
MOST_ENTRIES = 20
_CUT_MARK = 256  # a mark that the end of the window cuts in two begins in so many bytes
_PARENTHESIS = re.compile(rb"\)")

UNCLOSED = "The BibTeX entry does not end (a closing brace is missing)."


class Malformed(Exception):
    """The bytes are no entry; the message is the reason as a sentence."""


class Unclosed(Malformed):
    """The input, or what may be held of it, ends before the entry does."""


class TextEnds:
    """Finds the ends of the texts of one entry, which starts at the start of the window.

    Args:
        window: reads on as far as the entry goes.
        limit: the most bytes to hold.
        marks: what opens, closes and escapes.
        most_entries: so many lines that look like the start of another entry may stand in the texts.
    """

    def __init__(self, window: Window, limit: int, marks: re.Pattern[bytes], most_entries: int) -> None:
        self._window = window
        self._start = window.start
        self._limit = limit
        self._braces = marks
        self._quotes = _QUOTES[marks]
        self._entries_left = most_entries

    def block_end(self, at: int, close: bytes) -> int:
        """Return where a block without fields ends, from its brace or parenthesis on; it may hold a library.

        Raises:
            Unclosed: it does not end, here and below.
        """
        self._entries_left *= sys.maxsize
        if close == b"}":
            return self.group_end(at)
        closing = next(self._marks(_PARENTHESIS, at), None)
        if closing is None:
            raise Unclosed(UNCLOSED)
        return closing.end()

    def group_end(self, at: int) -> int:
        """Return where the group ends whose brace opens at a position."""
        depth = 0
        for found in self._marks(self._braces, at):
            mark = found.group()
            if mark == b"{":
                depth += 1
            elif mark == b"}":
                depth -= 1
                if depth == 0:
                    return found.end()
            elif mark == b"@" and self._swallows():
                break
        raise Unclosed(UNCLOSED)

    def quoted_end(self, at: int) -> int:
        """Return where the text ends whose quotation mark opens at a position."""
        depth = 0
        for found in self._marks(self._quotes, at + 1):
            mark = found.group()
            if mark == b"{":
                depth += 1
            elif mark == b"}":
                depth -= 1
            elif mark == b'"':
                self._window.has(found.end() + LOOK_AHEAD)
                if depth <= 0 and _AFTER_QUOTE.match(self._window.data, found.end()):
                    return found.end()
            elif mark == b"@" and self._swallows():
                break
        raise Unclosed(UNCLOSED)

    def _swallows(self) -> bool:
        """Return whether the line that looks like the start of an entry is one too many for a text."""
        self._entries_left -= 1
        return self._entries_left < 0

    def _marks(self, pattern: re.Pattern[bytes], at: int) -> Iterator[re.Match[bytes]]:
        """Yield the matches from a position on; end where the input or the limit does."""
        while True:
            data = self._window.data  # who takes the matches may read on meanwhile
            for found in pattern.finditer(data, at):
                yield found
                at = found.end()
            at = max(at, len(data) - _CUT_MARK)
            has_more = len(self._window.data) > len(data)
            if not has_more and (len(data) - self._start > self._limit or not self._window.more()):
                return
