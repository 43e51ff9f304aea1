"""Cutting a stream of JSON into the objects that may be papers, in bounded memory and without decoding it.

Objects stand after one another or in a list, and the list itself may be in an object with other things (the answer
of an API): such an object is opened as soon as the first paper of its list has ended. A map from ids to papers is
opened when it is too long to be one element.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from data.readers.json_brackets import Brackets
from data.readers.json_wrappers import KEY_BYTES, begins_as_map, begins_with_paper, is_list_of_papers

_CONTENT = re.compile(rb"[^\s,\x1e]")
_SCALAR_END = re.compile(rb"[,\]\n]")
_EXCERPT_BYTES = 512
_DEEPEST = 100  # brackets below are only counted
_DEEPEST_LIST = 8  # levels in which lists of papers are looked for


@dataclass(frozen=True, slots=True)
class Element:
    """The bytes of one object, or of a value in its place; not complete when it does not end where it should."""

    line: int
    data: bytes
    complete: bool
    overlong: bool = False


@dataclass(slots=True)
class _Container:
    """An open bracket: where it is (in the bytes of its element), and what it is to us."""

    bracket: int
    line: int
    start: int
    objects: int = 0  # that ended directly inside it
    is_opened: bool = False  # no part of an element: a list or map of elements, or an object around one
    is_member: bool = False  # of a map, {"id": {...}}, for which the stream has no brackets of its own


class Splitter:
    """Splits chunks into elements by following brackets outside strings."""

    def __init__(self, limit: int) -> None:
        self.has_opened = False  # whether a list or map inside an object was opened
        self._limit = limit
        self._line = 1
        self._data = bytearray()
        self._open: list[_Container] = []
        self._deeper = 0  # brackets below the deepest of _open
        self._element: int | None = None  # its object in _open
        self._around: list[int | None] = []  # for each opened list or map, the element that it is in
        self._brackets = Brackets()
        self._state: Callable[[bytes, int], int] = self._between
        self._scalar_line = 1
        self._dropping = False
        self._done: list[Element] = []

    @property
    def is_between(self) -> bool:
        """Return whether all that came has ended."""
        return self._state == self._between and not self._open

    def feed(self, chunk: bytes) -> list[Element]:
        """Take a chunk; return the elements that end in it."""
        self._run(chunk)
        if len(self._data) > self._limit:
            self._overflow()
        done, self._done = self._done, []
        return done

    def end(self) -> list[Element]:
        """Return the element that the end of the input cuts off, if there is one."""
        if self._state == self._scalar:
            self._finish_scalar()
        elif self._element is not None and not self._open[self._element].is_opened:
            self._emit(self._open[self._element], complete=False)
        return self._done

    def _run(self, chunk: bytes) -> None:
        position = 0
        while position < len(chunk):
            position = self._state(chunk, position)

    def _between(self, chunk: bytes, position: int) -> int:
        """Go to the next element, into a list, or out of a list or map."""
        found = _CONTENT.search(chunk, position)
        stop = found.start() if found else len(chunk)
        self._line += chunk.count(b"\n", position, stop)
        if not found:
            return stop
        byte = chunk[stop]
        if self._open and self._open[-1].bracket == 0x7B:
            if byte == 0x7D:
                self._leave(0x7B)
                return stop + 1
            self._begin(is_member=True)
            return stop
        if byte == 0x5B:  # [
            self._push(byte, is_opened=True)
            self._around.append(None)
        elif byte == 0x5D:  # ]
            self._leave(0x5B)
        elif byte == 0x7B:  # {
            self._begin()
        else:
            self._scalar_line = self._line
            self._state = self._scalar
            return stop
        return stop + 1

    def _begin(self, *, is_member: bool = False) -> None:
        self._element = len(self._open)
        self._push(0x7B)
        self._open[-1].is_member = is_member
        self._data += b"{"
        self._brackets = Brackets()
        self._state = self._structure

    def _scalar(self, chunk: bytes, position: int) -> int:
        found = _SCALAR_END.search(chunk, position)
        stop = found.start() if found else len(chunk)
        self._keep(chunk[position:stop])
        if found:
            self._finish_scalar()
        return stop

    def _structure(self, chunk: bytes, position: int) -> int:
        stop, byte = self._brackets.next(chunk, position)
        self._keep(chunk[position:stop])
        if byte == 0x0A:
            self._line += 1
        elif byte in (0x7B, 0x5B):
            self._push(byte)
        elif byte:
            self._pop()
        return stop

    def _push(self, bracket: int, *, is_opened: bool = False) -> None:
        if len(self._open) < _DEEPEST:
            self._open.append(_Container(bracket, self._line, max(0, len(self._data) - 1), 0, is_opened))
        else:
            self._deeper += 1

    def _pop(self) -> None:
        if self._deeper:
            self._deeper -= 1
            return
        if len(self._open) - 1 == self._element and len(self._data) > self._limit and self._reopen():
            return
        closed = self._open.pop()
        if len(self._open) == self._element:
            is_end_of_map, closed.is_opened = closed.is_member, closed.is_opened or closed.is_member
            self._end_element(closed)
            if is_end_of_map:
                self._leave(0x7B)
        elif self._open[-1].is_member:
            self._keep(b"}")
            self._end_element(self._open.pop())
        elif closed.bracket == 0x7B:
            parent = self._open[-1]
            parent.objects += 1
            if parent.objects == 1 and parent.bracket == 0x5B and self._is_list_of_papers(parent, closed):
                self._opened(len(self._open) - 1)
                del self._data[: closed.start]
                self._emit(closed, complete=True)
                self._data.clear()

    def _end_element(self, closed: _Container) -> None:
        if not closed.is_opened:
            self._emit(closed, complete=True)
        self._data.clear()
        self._dropping = False
        self._element = None
        self._state = self._between

    def _is_list_of_papers(self, parent: _Container, first: _Container) -> bool:
        if len(self._open) > _DEEPEST_LIST or self._dropping or self._element is None:
            return False
        before = bytes(self._data[max(0, parent.start - KEY_BYTES) : parent.start])
        content = bytes(self._data[first.start :])
        return is_list_of_papers(before, content, after_another=self._open[self._element].is_opened)

    def _opened(self, number: int) -> None:
        """Note that a list or map in the current element holds elements, and that what is around it is none."""
        for container in self._open[: number + 1]:
            container.is_opened = True
        self.has_opened = True
        self._around.append(self._element if self._element != number else None)
        self._element = None
        self._state = self._between

    def _leave(self, bracket: int) -> None:
        """Go on after a list or map of elements: with the object around it, or between elements."""
        if self._open and self._open[-1].bracket == bracket:
            self._open.pop()
            self._element = self._around.pop()
            self._state = self._between if self._element is None else self._structure

    def _finish_scalar(self) -> None:
        self._done.append(Element(self._scalar_line, bytes(self._data), not self._dropping, self._dropping))
        self._data.clear()
        self._dropping = False
        self._state = self._between

    def _keep(self, data: bytes) -> None:
        if not self._dropping:
            self._data += data

    def _emit(self, element: _Container, *, complete: bool) -> None:
        overlong = self._dropping or len(self._data) > self._limit
        data = bytes(self._data[:_EXCERPT_BYTES] if overlong and b"\n" not in self._data else self._data)
        self._done.append(Element(element.line, data, complete and not overlong, overlong))

    def _overflow(self) -> None:
        """Make room: an element is over the limit."""
        root = self._open[self._element] if self._element is not None else None
        if root is not None and not root.is_opened and self._reopen():
            return
        if root is not None and root.is_opened:  # what else is in an object around a list
            del self._data[:-KEY_BYTES]
            for container in self._open[self._element or 0 :]:
                container.start = 0
        elif root is not None and b"\n" in self._data:  # many lines in one object: a brace is missing, so start anew
            self._emit(root, complete=False)
            del self._open[self._element :]
            self._deeper = 0
            self._end_element(_Container(0, 0, 0, is_opened=True))
        else:
            del self._data[_EXCERPT_BYTES:]
            self._dropping = True

    def _reopen(self) -> bool:
        """Return whether the element over the limit is around a list or map of papers, which is now opened."""
        for number, container in enumerate(self._open[self._element or 0 : _DEEPEST_LIST], start=self._element or 0):
            content = bytes(self._data[container.start + 1 :])
            begins = begins_with_paper if container.bracket == 0x5B else begins_as_map
            if not (container.is_member or container.is_opened) and begins(content):
                del self._open[number + 1 :]
                self._deeper = 0
                self._line = container.line
                self._data.clear()
                self._opened(number)
                self._run(content)
                return True
        return False
