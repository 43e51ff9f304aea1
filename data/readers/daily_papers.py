"""The text of a saved "Daily Papers" page: titles and abstracts, each followed by authors and a date.

The page has no markup, so parts are told apart by their shape: a footer ("• 5 authors", "·", "May 17, 2023")
ends a paper, but may be missing; a title is a short line, and the text after it is the abstract.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from data.papers import RecordError, Reject
from data.readers.lines import Line, bounded_lines
from data.readers.records import Record, decode_utf8, reject, too_long
from data.readers.sources import ByteStream

_TITLE_CHARACTERS = 300

_DATE = re.compile(
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? (?P<day>\d{1,2})"
    r"(?:, ?(?P<year>\d{4}))?(?: \d{1,4})?"
)
_AUTHORS = re.compile(r"[•*·-]?\s*\d+ authors?(\s*·)?")
_FURNITURE = re.compile(
    r"new|Subscribe|Get trending papers in your email inbox!?|Daily Papers|by ?AK and the research community"
    r"|\d{1,5}|[·•]"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def matches(head: bytes) -> bool:
    """Return whether the head has the page's heading or a paper's footer."""
    text = head.decode("utf-8", "replace").replace("\r\n", "\n")
    return re.search(r"(?m)^[ \t]*•[ \t]*\d+ authors?[ \t]*\n[ \t]*·", text) is not None or (
        re.search(r"(?m)^Daily Papers[ \t]*$", text) is not None
    )


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every paper of the page at the line of its title; a text that cannot be read rejects it.

    A date without a year is left out: the page omits the year in which it was saved, which it does not tell.
    """
    page = _Page(stream.name)
    for part in _parts(stream):
        if isinstance(part, _Block):
            yield from page.add(part)
        else:
            yield from page.end_paper(part.date)
    yield from page.end()


@dataclass(frozen=True, slots=True)
class _Block:
    """Text between blank lines; `problem` says why it cannot be used."""

    line: int
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Footer:
    """A line after a paper; `date` is ISO, "" where the line has no full date."""

    date: str = ""


@dataclass(slots=True)
class _Entry:
    """A paper that is being put together; `ended` when its footer has come."""

    line: int
    title: str = ""
    abstract: list[str] = field(default_factory=list)
    date: str = ""
    problem: str = ""
    ended: bool = False


class _Page:
    """Puts the parts of the page together to papers."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._entry: _Entry | None = None
        self._block: _Block | None = None

    def add(self, block: _Block) -> Iterator[Record | Reject]:
        """Take a block. What the one before it is shows only now: a title has text after it."""
        yield from self._place(followed=True)
        self._block = block

    def end_paper(self, date: str) -> Iterator[Record | Reject]:
        """Take a footer."""
        yield from self._place(followed=False)
        if self._entry:
            self._entry.ended = True
            self._entry.date = self._entry.date or date

    def end(self) -> Iterator[Record | Reject]:
        """Yield what the end of the page completes."""
        yield from self._place(followed=False)
        yield from self._completed()

    def _place(self, *, followed: bool) -> Iterator[Record | Reject]:
        block, self._block = self._block, None
        if block is None:
            return
        short = len(block.text) <= _TITLE_CHARACTERS
        entry = self._entry
        # a footer between two papers may be missing
        title_inside = short and followed and not block.text.endswith((".", ":", ";", ","))
        if entry is None or entry.ended or (entry.abstract and title_inside):
            yield from self._completed()
            entry = self._entry = _Entry(block.line)
            if short:
                entry.title = block.text
        if not (entry.title and entry.line == block.line):
            entry.abstract.append(block.text)
        entry.problem = entry.problem or block.problem

    def _completed(self) -> Iterator[Record | Reject]:
        entry, self._entry = self._entry, None
        if entry and entry.problem:
            yield reject(self._file, entry.line, entry.problem, entry.title or entry.abstract[0])
        elif entry:
            fields = {"title": entry.title, "abstract": "\n\n".join(entry.abstract), "date": entry.date}
            yield Record(self._file, entry.line, fields)


def _parts(stream: ByteStream) -> Iterator[_Block | _Footer]:
    """Yield blocks of text and footers; the page's own words between them are left out."""
    lines: list[Line] = []
    size = 0
    for line in bounded_lines(stream):
        text = line.data.decode("utf-8", "replace").strip()
        footer = None if line.overlong else _footer(text)
        if text and not footer and not _FURNITURE.fullmatch(text):
            size += stream.record_bytes + 1 if line.overlong else len(line.data)
            if not lines or size <= stream.record_bytes:
                lines.append(line)
            continue
        yield from _blocks(lines, size, stream.record_bytes)
        lines, size = [], 0
        if footer:
            yield footer
    yield from _blocks(lines, size, stream.record_bytes)


def _blocks(lines: Sequence[Line], size: int, limit: int) -> Iterator[_Block]:
    """Yield the text of lines without a blank one; a title right above a long abstract is its own block."""
    if not lines:
        return
    start = lines[0].number
    problem = too_long(limit) if size > limit else ""
    texts = []
    for line in lines:
        try:
            texts.append(" ".join(decode_utf8(line.data).split()))
        except RecordError as error:
            problem = problem or str(error)
            texts.append(line.data.decode("utf-8", "replace"))
    if len(texts) > 1 and len(texts[0]) <= _TITLE_CHARACTERS < len(texts[1]):
        yield _Block(start, texts.pop(0))
        start += 1
    yield _Block(start, " ".join(texts), problem)


def _footer(text: str) -> _Footer | None:
    if _AUTHORS.fullmatch(text):
        return _Footer()
    date = _DATE.fullmatch(text)
    if not date:
        return None
    if not date["year"]:
        return _Footer()
    try:
        day = datetime.date(int(date["year"]), _MONTHS.index(date["month"]) + 1, int(date["day"]))
    except ValueError:
        return _Footer()
    return _Footer(day.isoformat())
