"""Cutting a stream of XML into the elements of certain names, in bounded memory."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from data.readers.records import too_long
from data.readers.sources import ByteStream
from data.readers.window import Window

_TAG_BYTES = 256  # the most that is held back at the end of a chunk, where a tag may be cut in two
_EXCERPT_BYTES = 512
# In these no tag is a tag.
_OPAQUE = {b"<!--": re.compile(rb"-->"), b"<![CDATA[": re.compile(rb"\]\]>")}
_ALONE = re.compile(rb"<[^<>]*/>")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)")


@dataclass(frozen=True, slots=True)
class Element:
    """An element from its start tag to its end tag; `problem` says why it is not whole, "" when it is."""

    line: int
    data: bytes
    problem: str = ""


def root_name(head: bytes) -> str:
    """Return the local name of the first element of a document that begins with these bytes, "" for no XML."""
    at = _after_blanks(head, 0)
    while head.startswith((b"<?", b"<!"), at):
        end = b"?>" if head.startswith(b"<?", at) else b"-->" if head.startswith(b"<!--", at) else b">"
        stop = head.find(end, at)
        subset = head.find(b"[", at, stop)  # of a document type, whose declarations have ">" of their own
        if end == b">" and subset >= 0:
            stop = head.find(b">", head.find(b"]", subset))
        if stop < 0:
            return ""
        at = _after_blanks(head, stop + len(end))
    found = _ROOT.match(head, at)
    return found.group(1).decode() if found else ""


def split_elements(stream: ByteStream, names: Sequence[str]) -> Iterator[Element]:
    """Yield the outermost elements of these local names (any prefix), each as it stands in the stream.

    One that does not end before the next of its name begins is a problem of its own; the next is read. Tags in
    comments and CDATA sections are text.
    """
    any_name = "|".join(map(re.escape, names)).encode()
    start_tag = re.compile(rb"<!--|<!\[CDATA\[|<((?:[\w.-]+:)?(?:" + any_name + rb"))(?=[\s>/])")
    splitter = _Splitter(stream)
    while name := splitter.skip_to(start_tag):
        yield splitter.element(name)


@lru_cache(maxsize=100)
def _marks_of(name: bytes) -> re.Pattern[bytes]:
    """Return what tells where an element of this name ends."""
    return re.compile(rb"<!--|<!\[CDATA\[|</" + re.escape(name) + rb"\s*>|<" + re.escape(name) + rb"(?=[\s>/])")


def _after_blanks(head: bytes, at: int) -> int:
    while head[at : at + 1].isspace():
        at += 1
    return at


class _Splitter:
    def __init__(self, stream: ByteStream) -> None:
        self._window = Window(stream.read)
        self._limit = stream.record_bytes

    def skip_to(self, tag: re.Pattern[bytes]) -> bytes:
        """Drop what comes before the next such tag; return the tag's name, b"" at the end of the stream."""
        window = self._window
        while True:
            found = self._drop_to(tag)
            if found is None:
                return b""
            if found.group(1):
                return bytes(found.group(1))
            window.drop(found.end())
            if self._drop_to(_OPAQUE[found.group()]) is None:
                return b""

    def _drop_to(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Drop what comes before the next match, and return the match that is then at the start of the window."""
        window = self._window
        while not (found := pattern.search(window.data, window.start)):
            window.drop(max(window.start, len(window.data) - _TAG_BYTES))
            if not window.more():
                return None
        window.drop(found.start())
        return pattern.match(window.data, window.start)

    def element(self, name: bytes) -> Element:
        """Return the element of this name at the start of the window."""
        window, line = self._window, self._window.line
        window.has(window.start + _TAG_BYTES)
        if alone := _ALONE.match(window.data, window.start):
            return Element(line, window.drop(alone.end()))
        tag = _marks_of(name)
        at, pattern = window.start + 1, tag
        excerpt = b""  # of an element over the limit, which is not held
        while True:
            found = pattern.search(window.data, at)
            if found is None:
                at = max(at, len(window.data) - _TAG_BYTES)
                if len(window.data) - window.start > self._limit:
                    excerpt = excerpt or window.data[window.start : window.start + _EXCERPT_BYTES]
                    window.drop(at)
                    at = window.start
                if not window.more():
                    return self._cut(line, excerpt)
            elif found.group() in _OPAQUE or pattern is not tag:
                pattern = _OPAQUE.get(found.group(), tag)
                at = found.end()
            else:
                break
        closed = found.group().startswith(b"</")
        data = window.drop(found.end() if closed else found.start())
        if excerpt or len(data) > self._limit:
            return Element(line, excerpt or data[:_EXCERPT_BYTES], too_long(self._limit))
        return Element(line, data, "" if closed else "The element does not end before the next one begins.")

    def _cut(self, line: int, excerpt: bytes) -> Element:
        """Return the element in which the stream ends."""
        rest = self._window.drop(len(self._window.data))
        if excerpt:
            return Element(line, excerpt, too_long(self._limit))
        return Element(line, rest[:_EXCERPT_BYTES], "The element does not end in this file.")
