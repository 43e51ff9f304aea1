"""A JSON array of objects (or objects over several lines after one another), read object by object."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.field_names import has_paper_field
from data.papers import Reject
from data.readers.json_object import json_record
from data.readers.records import Record, reject, too_long
from data.readers.sources import ByteStream

_CONTENT = re.compile(rb"[^\s,\[\]]")
_STRUCTURE = re.compile(rb'["{}\[\]\n]')
_IN_STRING = re.compile(rb'["\\\n]')
_SCALAR_END = re.compile(rb"[,\]\n]")


def matches(head: bytes) -> bool:
    """Return whether the content begins with an array, or with an object that goes on in the next line."""
    start = head.lstrip()
    return bool(re.match(rb"\[\s*([\[{\]]|$)", start)) or re.match(rb"\{[ \t\r]*\n", start) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every object; a broken one is one Reject, and the reading goes on after it."""
    for element in _elements(stream):
        record = _record(stream, element)
        yield record
        if isinstance(record, Reject):
            yield from _salvaged(stream, element)


@dataclass(frozen=True, slots=True)
class _Element:
    """The bytes of one element of the array; not complete when it does not end where it should."""

    line: int
    data: bytes
    complete: bool
    overlong: bool = False


def _record(stream: ByteStream, element: _Element) -> Record | Reject:
    if element.complete:
        return json_record(stream.name, element.line, element.data)
    reason = too_long(stream.record_bytes) if element.overlong else "The JSON object does not end (a brace is missing)."
    return reject(stream.name, element.line, reason, element.data)


def _salvaged(stream: ByteStream, element: _Element) -> Iterator[Record]:
    """Yield the papers that an object without its end ran over: its further lines that are whole objects."""
    for offset, line in enumerate(element.data.split(b"\n")[1:], start=1):
        text = line.strip().rstrip(b"],").rstrip()
        if text.startswith(b"{"):
            record = json_record(stream.name, element.line + offset, text)
            if isinstance(record, Record) and has_paper_field(record.fields):
                yield record


class _Splitter:
    """Splits chunks into elements by counting brackets outside strings, without decoding anything."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._line = 1
        self._start = 1
        self._data = bytearray()
        self._depth = 0
        self._state = self._between
        self._escaped = False  # whether a backslash at the end of the last chunk escapes the next byte
        self._dropping = False
        self._done: list[_Element] = []

    def feed(self, chunk: bytes) -> list[_Element]:
        """Take a chunk; return the elements that end in it."""
        position = int(self._escaped and chunk[:1] != b"\n")
        self._escaped = False
        self._keep(chunk[:position])
        while position < len(chunk):
            position = self._state(chunk, position)
        done, self._done = self._done, []
        return done

    def end(self) -> list[_Element]:
        """Return the element that the end of the input cuts off, if there is one."""
        if self._state == self._scalar:
            self._finish(complete=True)
        elif self._state != self._between:
            self._finish(complete=False)
        return self._done

    def _between(self, chunk: bytes, position: int) -> int:
        found = _CONTENT.search(chunk, position)
        stop = found.start() if found else len(chunk)
        self._line += chunk.count(b"\n", position, stop)
        if found:
            self._start = self._line
            self._depth = 0
            self._state = self._structure if found.group() == b"{" else self._scalar
        return stop

    def _scalar(self, chunk: bytes, position: int) -> int:
        found = _SCALAR_END.search(chunk, position)
        stop = found.start() if found else len(chunk)
        self._keep(chunk[position:stop])
        if found:
            self._finish(complete=True)
        return stop

    def _structure(self, chunk: bytes, position: int) -> int:
        found = _STRUCTURE.search(chunk, position)
        stop = found.end() if found else len(chunk)
        self._keep(chunk[position:stop])
        token = found.group() if found else b""
        if token == b'"':
            self._state = self._string
        elif token == b"\n":
            self._line += 1
        elif token in (b"{", b"["):
            self._depth += 1
        elif token:
            self._depth -= 1
            if self._depth == 0:
                self._finish(complete=True)
        return stop

    def _string(self, chunk: bytes, position: int) -> int:
        found = _IN_STRING.search(chunk, position)
        stop = found.end() if found else len(chunk)
        if found and found.group() == b"\\":
            self._escaped = stop == len(chunk)
            stop += chunk[stop : stop + 1] not in (b"", b"\n")
        elif found:
            # a string cannot contain a line end: one without its closing quote stops there
            self._state = self._structure
            self._line += found.group() == b"\n"
        self._keep(chunk[position:stop])
        return stop

    def _keep(self, data: bytes) -> None:
        if self._dropping:
            return
        self._data += data
        if len(self._data) > self._limit:
            if b"\n" in self._data:  # many lines in one object: a brace is missing, so start anew
                self._finish(complete=False, overlong=True)
            else:
                del self._data[512:]
                self._dropping = True

    def _finish(self, *, complete: bool, overlong: bool = False) -> None:
        overlong = overlong or self._dropping
        self._done.append(_Element(self._start, bytes(self._data), complete and not overlong, overlong))
        self._data.clear()
        self._dropping = False
        self._state = self._between


def _elements(stream: ByteStream) -> Iterator[_Element]:
    splitter = _Splitter(stream.record_bytes)
    while chunk := stream.read():
        yield from splitter.feed(chunk)
    yield from splitter.end()
