"""Cutting a stream of XML into the elements of certain names, in bounded memory."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.readers.records import too_long
from data.readers.sources import ByteStream

_TAG_BYTES = 256  # the most that is held back at the end of a chunk, where a tag may be cut in two
_EXCERPT_BYTES = 512


@dataclass(frozen=True, slots=True)
class Element:
    """An element from its start tag to its end tag; `problem` says why it is not whole, "" when it is."""

    line: int
    data: bytes
    problem: str = ""


def split_elements(stream: ByteStream, names: Sequence[str]) -> Iterator[Element]:
    """Yield the outermost elements of these local names (any prefix), each as it stands in the stream.

    One that does not end before the next of its name begins is a problem of its own; the next is read.
    """
    any_name = "|".join(re.escape(name) for name in names).encode()
    start_tag = re.compile(rb"<((?:[\w.-]+:)?(?:" + any_name + rb"))(?=[\s>])")
    window = _Window(stream)
    while (start := window.skip_to(start_tag)) is not None:
        name = re.escape(start)
        end_tag = re.compile(rb"</" + name + rb"\s*>|<" + name + rb"(?=[\s>])")
        yield window.take_to(end_tag)


class _Window:
    """The bytes of a stream that are in memory, and the line of the first of them."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._data = bytearray()
        self._line = 1

    def skip_to(self, tag: re.Pattern[bytes]) -> bytes | None:
        """Drop what comes before the next such tag; return the tag's name, None at the end of the stream."""
        while not (found := tag.search(self._data)):
            self._drop(max(0, len(self._data) - _TAG_BYTES))
            if not self._more():
                return None
        name = bytes(found.group(1))
        self._drop(found.start())
        return name

    def take_to(self, tag: re.Pattern[bytes]) -> Element:
        """Return the element at the start of the window, which ends with this end tag."""
        line, limit = self._line, self._stream.record_bytes
        searched = 1
        overlong = b""
        while (span := _span(tag, self._data, searched)) is None:
            if len(self._data) > limit or overlong:
                overlong = overlong or bytes(self._data[:_EXCERPT_BYTES])
                self._drop(max(1, len(self._data) - _TAG_BYTES))
            searched = max(1, len(self._data) - _TAG_BYTES)
            if not self._more():
                start = overlong or bytes(self._data[:_EXCERPT_BYTES])
                self._data.clear()
                problem = too_long(limit) if overlong else "The element does not end in this file."
                return Element(line, start, problem)
        start_of_tag, end_of_tag = span
        closed = self._data[start_of_tag + 1] == ord("/")
        stop = end_of_tag if closed else start_of_tag
        data = bytes(self._data[:stop])
        self._drop(stop)
        if overlong or len(data) > limit:
            return Element(line, overlong or data[:_EXCERPT_BYTES], too_long(limit))
        return Element(line, data, "" if closed else "The element does not end before the next one begins.")

    def _more(self) -> bool:
        chunk = self._stream.read()
        self._data += chunk
        return bool(chunk)

    def _drop(self, count: int) -> None:
        self._line += self._data.count(b"\n", 0, count)
        del self._data[:count]


def _span(tag: re.Pattern[bytes], data: bytearray, start: int) -> tuple[int, int] | None:
    found = tag.search(data, start)
    return found.span() if found else None
