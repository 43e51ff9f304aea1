"""Keywords into CSL-JSON: the text `keyword` of an item, in which commas separate them."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from data.readers.json_object import json_records
from data.readers.records import Record, reject, too_long
from data.readers.sources import CHUNK_BYTES, ByteStream
from data.readers.window import Window
from data.writers.keywords import Change, Piece, rejoined, separated

_NAME = "keyword"
_TYPE = re.compile(rb'"type"\s*:\s*"[a-z][a-z_-]*"')
# Zotero's API puts the items into an object; what stands before and behind them is text between items.
_WRAPPER = re.compile(rb'\{\s*"[\w-]{1,30}"\s*:\s*\[')
_WRAPPER_BYTES = 200
_FIRST_ITEM = re.compile(rb"\s*\{")
_STRUCTURE = re.compile(rb'["{}\[\]]')
_IN_STRING = re.compile(rb'["\\]')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BLANKS = re.compile(r"\s*")
_COLON = re.compile(r"\s*:\s*")
_DECODER = json.JSONDecoder(strict=False)


class _Member(NamedTuple):
    """One member of an object: where its name starts, and its value starts and stops."""

    name: str
    start: int
    value: int
    stop: int


def accepts(head: bytes) -> bool:
    """Return whether the JSON has items as CSL has them, which say their type."""
    return _TYPE.search(head) is not None


def pieces(stream: ByteStream) -> Iterator[Piece]:
    """Yield the items of a stream, and the text between them; an item over the limit comes in pieces."""
    return _Splitter(stream).pieces()


class _Splitter:
    """Follows brackets outside strings: an item is an object that stands in no other one."""

    def __init__(self, stream: ByteStream) -> None:
        self._name = stream.name
        self._limit = stream.record_bytes
        self._window = Window(stream.read)
        self._depth = 0  # of brackets inside the item

    def pieces(self) -> Iterator[Piece]:
        window = self._window
        at, in_string, is_overlong = window.start, False, False
        while True:
            found = (_IN_STRING if in_string else _STRUCTURE).search(window.data, at)
            at = found.end() if found else len(window.data)
            mark = found.group() if found else b""
            if mark == b"\\":
                at += window.has(at + 1)
            elif mark == b'"':
                in_string = not in_string
            elif mark == b"{" and not self._depth:
                if at - 1 > window.start:
                    yield Piece(window.drop(at - 1))
                    at = window.start + 1
                if wrapper := self._wrapper():
                    yield Piece(window.drop(wrapper.end()))
                    at = window.start
                    continue
            if self._is_end(mark):
                yield Piece(window.drop(at)) if is_overlong else self._item(at)
                at, is_overlong = window.start, False
            elif at - window.start > (self._limit if self._depth else CHUNK_BYTES):
                yield Piece(window.drop(at)) if is_overlong or not self._depth else self._item(at)
                at, is_overlong = window.start, bool(self._depth)
            if not found and not window.more():
                break
        if len(window.data) > window.start:
            stop = len(window.data)
            yield self._item(stop) if self._depth and not is_overlong else Piece(window.drop(stop))

    def _wrapper(self) -> re.Match[bytes] | None:
        """Return the start of an object around a list of items, where one is at the start of the window."""
        self._window.has(self._window.start + _WRAPPER_BYTES)
        found = _WRAPPER.match(self._window.data, self._window.start)
        return found if found and _FIRST_ITEM.match(self._window.data, found.end()) else None

    def _is_end(self, mark: bytes) -> bool:
        """Count a bracket; return whether it ends the item."""
        if mark == b"{" or (mark == b"[" and self._depth):
            self._depth += 1
        elif mark in (b"}", b"]") and self._depth:
            self._depth -= 1
            return not self._depth
        return False

    def _item(self, stop: int) -> Piece:
        line, data = self._window.line, self._window.drop(stop)
        if len(data) > self._limit:
            return Piece(data, reject(self._name, line, too_long(self._limit), data))
        records = list(json_records(self._name, line, data))
        record = records[0] if len(records) == 1 else None
        if record is None or (isinstance(record, Record) and not _is_item(data, record)):
            reason = "The object is no item of CSL-JSON, but holds others: give the items alone, as a list."
            return Piece(data, reject(self._name, line, reason, data))
        return Piece(data, record, partial(_changed, data) if isinstance(record, Record) else None)


def _is_item(data: bytes, record: Record) -> bool:
    """Return whether the fields are those of the object itself, not of one inside it."""
    return {member.name for member in _members(data.decode())}.issuperset(record.fields)


def _changed(data: bytes, change: Change) -> bytes:
    text = data.decode()
    members = list(_members(text))
    member = next((member for member in members if member.name == _NAME), None)
    if member is None:
        added = change([]).added
        return (_with_member(text, members[-1], added) if added and members else text).encode()
    value: object = _DECODER.raw_decode(text, member.value)[0]
    literal = text[member.value : member.stop]
    if isinstance(value, str):
        literal = _with_text(literal, value, change)
    elif isinstance(value, list) and all(isinstance(item, str) for item in value):
        literal = _with_items(literal, value, change)
    elif value is None and (added := change([]).added):
        literal = _quoted(", ".join(added), text)
    return (text[: member.value] + literal + text[member.stop :]).encode()


def _members(text: str) -> Iterator[_Member]:
    at = _after(_BLANKS, text, text.index("{") + 1)
    while found := _STRING.match(text, at):
        value = _after(_COLON, text, found.end())
        _, stop = _DECODER.raw_decode(text, value)
        yield _Member(str(_DECODER.decode(found.group())), at, value, stop)
        at = _after(_BLANKS, text, stop)
        at = _after(_BLANKS, text, at + text.startswith(",", at))


def _with_text(literal: str, value: str, change: Change) -> str:
    items, between = separated(value)
    wanted = change(items)
    if not (wanted.added or wanted.removed):
        return literal
    new = rejoined(items, between, wanted)
    if new.startswith(value):  # the escapes of what stays are kept
        return literal[:-1] + _quoted(new[len(value) :], literal)[1:]
    return _quoted(new, literal)


def _with_items(literal: str, items: Sequence[str], change: Change) -> str:
    wanted = change(items)
    if not (wanted.added or wanted.removed):
        return literal
    kept = [item for number, item in enumerate(items) if number not in wanted.removed]
    before = literal[1 : _after(_BLANKS, literal, 1)]
    behind = literal[len(literal[:-1].rstrip()) : -1] if items else ""
    content = ("," + (before or " ")).join(_quoted(item, literal) for item in [*kept, *wanted.added])
    return f"[{before}{content}{behind}]"


def _with_member(text: str, last: _Member, added: Sequence[str]) -> str:
    """Return the object with a member behind the last one, spaced as that one is."""
    before = text[len(text[: last.start].rstrip()) : last.start]
    name = _STRING.match(text, last.start)
    colon = text[name.end() : last.value] if name else ": "
    return f'{text[: last.stop]},{before}"{_NAME}"{colon}{_quoted(", ".join(added), text)}{text[last.stop :]}'


def _quoted(value: str, like: str) -> str:
    """Return the text as JSON; letters beyond ASCII are escaped where the text around does so."""
    return json.dumps(value, ensure_ascii=like.isascii() and "\\u" in like)


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
