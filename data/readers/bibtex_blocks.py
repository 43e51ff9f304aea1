"""Cutting a stream of BibTeX into its entries and the text between them, in bounded memory.

Nothing in BibTeX begins an entry for certain: "@word{" also stands in abstracts, and a missing brace makes an entry
swallow those behind it. So an entry is what parses as one; where that fails, reading goes on at the next line that
looks like the start of an entry.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.readers.bibtex_entry import Entry, parse_entry
from data.readers.bibtex_texts import MARKS, MARKS_WITHOUT_ESCAPES, MOST_ENTRIES, Malformed
from data.readers.records import too_long
from data.readers.sources import CHUNK_BYTES, ByteStream
from data.readers.window import Window

_AT_WORD = re.compile(rb"@\s*[A-Za-z][\w-]*\s*[{(]")
_WITH_KEY = re.compile(rb"@\s*[A-Za-z][\w-]*\s*[{(]\s*(?:[^\s{}(),=\"@%#]*\s*,|[\w-]+\s*=)")
_OWN_WORD = re.compile(rb"@\s*(?:string|comment|preamble)\s*[{(]", re.IGNORECASE)
_OPEN_COMMENT = re.compile(rb"@\s*comment\s*[{(][^\r\n]*", re.IGNORECASE)

_NEAR_BYTES = 1024  # so far around an "@" is looked for what tells whether it begins an entry
# Reading again what a broken entry seemed to hold costs at most this many bytes, which keeps hostile files linear.
_REREAD_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """An entry and its bytes; or the text between entries, without an entry; or what is broken, with a problem.

    The bytes of all blocks together are those of the stream.
    """

    line: int
    data: bytes
    entry: Entry | None = None
    problem: str = ""


def split_blocks(stream: ByteStream) -> Iterator[Block]:
    """Yield the blocks of a stream in order."""
    return _Splitter(stream).blocks()


class _Splitter:
    def __init__(self, stream: ByteStream) -> None:
        self._window = Window(stream.read)
        self._limit = stream.record_bytes
        self._reread = 0

    def blocks(self) -> Iterator[Block]:
        window = self._window
        checked = 0  # so many bytes at the start of the window begin no entry
        while window.has(window.start + checked + 1):
            found = _AT_WORD.search(window.data, window.start + checked)
            if found and self._begins_entry(found.start()):
                if found.start() > window.start:
                    yield self._block(found.start())
                yield from self._entry()
                checked = 0
                continue
            stop = found.start() + 1 if found else len(window.data) - _NEAR_BYTES
            checked = max(checked, stop - window.start)
            if checked > CHUNK_BYTES:  # the text between entries need not be held
                yield self._block(window.start + checked - _NEAR_BYTES)
                checked = _NEAR_BYTES
            if not found and not window.more():
                break
        if len(window.data) > window.start:
            yield self._block(len(window.data))

    def _block(self, stop: int, entry: Entry | None = None, problem: str = "") -> Block:
        return Block(self._window.line, self._window.drop(stop), entry, problem)

    def _begins_entry(self, at: int) -> bool:
        """Return whether the "@" at this position, which a word and a brace follow, begins an entry."""
        self._window.has(at + _NEAR_BYTES)
        data = self._window.data
        near = data[max(self._window.start, at - _NEAR_BYTES) : at]
        before = near[max(near.rfind(b"\n"), near.rfind(b"\r")) + 1 :].strip()
        if b"%" in before:
            return False
        if _OWN_WORD.match(data, at) or _WITH_KEY.match(data, at):
            return True
        word = _AT_WORD.match(data, at)
        return not before and word is not None and word.group().endswith(b"{")

    def _entry(self) -> Iterator[Block]:
        window = self._window
        most_entries = MOST_ENTRIES if self._reread < _REREAD_BYTES else 0
        try:
            entry = parse_entry(window, self._limit, most_entries=most_entries)
        except Malformed as error:
            seen = len(window.data) - window.start
            for block in self._broken(str(error)):
                seen -= len(block.data)
                yield block
            self._reread += max(0, seen)
        else:
            yield self._block(
                window.start + entry.stop, entry, too_long(self._limit) if entry.stop > self._limit else ""
            )

    def _broken(self, problem: str) -> Iterator[Block]:
        """Yield what is no entry from here to where reading can go on; too long, it comes in pieces."""
        window = self._window
        if comment := _OPEN_COMMENT.match(window.data, window.start):
            yield self._block(comment.end())
            return
        word = _AT_WORD.match(window.data, window.start)
        depth = int(word is not None and word.group().endswith(b"("))  # parentheses: no brace ends the entry
        scanned, stop = window.start + 1, -1
        while stop < 0:
            scanned, depth, stop = _next_stop(window.data, scanned, depth)
            if stop < 0 and len(window.data) - window.start > self._limit:
                yield self._block(scanned, problem=problem and too_long(self._limit))
                problem = ""
                scanned = window.start
            if stop < 0 and not window.more():
                stop = len(window.data)
        if problem and (entry := self._second_try(stop)):
            yield self._block(window.start + entry.stop, entry)
        elif stop > window.start:
            yield self._block(stop, problem=problem)

    def _second_try(self, stop: int) -> Entry | None:
        """Return the entry that these bytes are when a backslash before a brace means nothing."""
        data = self._window.data[self._window.start : stop]
        if b"\\{" not in data and b"\\}" not in data:
            return None
        try:
            return parse_entry(Window(lambda: b"", data), self._limit, MARKS_WITHOUT_ESCAPES)
        except Malformed:
            return None


def _next_stop(data: bytes, at: int, depth: int) -> tuple[int, int, int]:
    """Return up to where braces are counted, their depth there, and where an entry ends or begins (-1: nowhere)."""
    for found in MARKS.finditer(data, at):
        mark = found.group()
        if mark == b"{":
            depth += 1
        elif mark == b"}":
            depth -= 1
            if depth <= 0:
                return found.end(), depth, found.end()
        elif mark == b"@":
            return found.start(), depth, found.start()
        at = found.end()
    return max(at, len(data) - _NEAR_BYTES), depth, -1
