"""Rows of delimited text as programs and people write them: RFC 4180, and quotation marks that are only text.

A cell is quoted only where its closing quotation mark is followed by the delimiter or the end of the line; any other
quotation mark is a part of the text, so one that never closes swallows nothing.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from data.readers.lines import Line
from data.spreadsheet_cells import formula_text

_UP_TO_QUOTE = re.compile(r'[^"]*(?:""[^"]*)*')


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row and the line where it starts; `is_overlong` when it is too large to be read."""

    line: Line
    cells: list[str]
    is_overlong: bool = False
    has_open_quote: bool = False
    """Whether a quotation mark opens a cell and no line closes it, so that it was taken for text."""


_CellEnd = Callable[[str, int], tuple[str, int]]
"""From a text and where a cell opens in it to the cell and its end, -1 where there is none."""


def is_in_apostrophes(line: str, delimiter: str, fewest: int = 1) -> bool:
    """Return whether cells of a line are enclosed in apostrophes: all of them but numbers and single words.

    Args:
        line: the line.
        delimiter: what parts the cells.
        fewest: so many cells must be; a title may be in apostrophes by itself.
    """
    sign = re.escape(delimiter)
    cell = rf"[ ]*(?:(?:'[^']*(?:''[^']*)*'|[^\s'\"{sign}]+)[ ]*)?(?={sign}|\Z)"
    return line.count("'") >= 2 * fewest and re.fullmatch(rf"{cell}(?:{sign}{cell})*", line) is not None


class Cells:
    """Splits text into cells at one delimiter.

    Args:
        delimiter: what parts them.
        apostrophes: whether they are enclosed in apostrophes. Then the two kinds of marks change places before the
            text is split, and again in the cells.
    """

    def __init__(self, delimiter: str, *, apostrophes: bool = False) -> None:
        self.delimiter = delimiter
        self.mark = b"'" if apostrophes else b'"'
        self._exchange = {ord("'"): '"', ord('"'): "'"} if apostrophes else None
        end = rf"[ ]*(?={re.escape(delimiter)}|\Z)"
        self._escaped_delimiter = re.compile(rf"(?<!\\){re.escape(delimiter)}")
        # spreadsheets keep the zeros of ="007", which is a cell in quotation marks as well
        self._quoted = re.compile(rf'[ ]*=?"([^"]*(?:""[^"]*)*)"{end}')
        self._opening = re.compile(r'[ ]*=?"')
        self._escaped = re.compile(rf'[ ]*"((?:[^"\\]|\\.|"")*)"{end}')
        self._with_marks = [
            re.compile(rf'[ ]*"(.*?)"[ ]*(?={before}|\Z)', re.DOTALL)
            for before in (re.escape(delimiter) + '"', re.escape(delimiter))
        ]
        self._partly_quoted = re.compile(rf'[ ]*"[^"]*(?:""[^"]*)*"[^{re.escape(delimiter)}]*')

    def exchanged(self, text: str) -> str:
        """Return a text to split, or a cell of one, with quotation marks where it has apostrophes if those enclose."""
        return text.translate(self._exchange) if self._exchange else text

    def plain(self, text: str, columns: int) -> list[str]:
        """Return the cells of a line without quotation marks; a delimiter behind a backslash may be text."""
        cells = text.split(self.delimiter)
        if len(cells) > columns and "\\" + self.delimiter in text:
            joined = self._escaped_delimiter.split(text)
            if len(joined) == columns:
                return [cell.replace("\\" + self.delimiter, self.delimiter) for cell in joined]
        return cells

    def regular(self, text: str, cells: list[str], position: int = 0) -> int:
        """Append the cells from a position on; return where an opened cell does not close as it should, -1 for none."""
        while True:
            if self._opening.match(text, position):
                found = self._quoted.match(text, position)
                if found is None:
                    return position
                cells.append(found[1].replace('""', '"'))
                stop = found.end()
            else:
                stop = text.find(self.delimiter, position)
                stop = len(text) if stop < 0 else stop
                cells.append(text[position:stop])
            if stop >= len(text):
                return -1
            position = stop + 1

    def simple(self, text: str) -> list[str] | None:
        """Return the cells of a line whose quotation marks all enclose cells, as `regular` gives them; else None."""
        sign = self.delimiter
        *parts, rest = text.split('"')
        if len(parts) % 2 or (rest and rest[0] != sign):
            return None
        cells = parts[0][:-1].split(sign) if parts[0] else []
        for number, part in enumerate(parts):
            if number % 2:
                cells.append(part)
            elif part != sign and number:
                if not (len(part) > 1 and part[0] == part[-1] == sign):
                    return None
                cells += part[1:-1].split(sign)
            elif part and part[-1] != sign:
                return None
        return [*cells, *rest[1:].split(sign)] if rest else cells

    def repaired(self, text: str, columns: int) -> list[str]:
        """Return the cells of a line with a quotation mark that is text, in the way that gives so many columns."""
        ways: list[_CellEnd] = [self._at_every_delimiter, self._at_marks]
        if self.delimiter != "\t":
            ways.reverse()
        closings: list[_CellEnd] = [partial(self._at_closing, closed) for closed in (self._escaped, *self._with_marks)]
        for end in (*closings, *ways):
            if len(cells := self._irregular(text, end)) == columns:
                return cells
        return self._irregular(text, ways[0])

    def _irregular(self, text: str, end: _CellEnd) -> list[str]:
        """Return the cells; `end` gives one whose opening quotation mark does not close as it should, and its end.

        There are no cells where it finds no end (-1).
        """
        cells: list[str] = []
        position = 0
        while (position := self.regular(text, cells, position)) >= 0:
            cell, stop = end(text, position)
            if stop < 0:
                return []
            cells.append(cell)
            if stop >= len(text):
                break
            position = stop + 1
        return cells

    def _at_every_delimiter(self, text: str, position: int) -> tuple[str, int]:
        stop = text.find(self.delimiter, position)
        stop = stop if stop >= 0 else len(text)
        return text[position:stop], stop

    def _at_marks(self, text: str, position: int) -> tuple[str, int]:
        """Delimiters in a part between quotation marks do not part cells."""
        found = self._partly_quoted.match(text, position)
        stop = found.end() if found else len(text)
        return text[position:stop], stop

    def _at_closing(self, closed: re.Pattern[str], text: str, position: int) -> tuple[str, int]:
        """Quotation marks inside a cell are not doubled: after backslashes, or such that no delimiter follows."""
        found = closed.match(text, position)
        if found is None:
            return "", -1
        return found[1].replace('\\"', '"').replace('""', '"'), found.end()


class Rows:
    """The rows in some lines.

    Args:
        lines: the lines after the header.
        cells: what splits them.
        columns: how many the header names.
        limit: the most bytes that a row over several lines may have.
    """

    def __init__(self, lines: Iterator[Line], cells: Cells, columns: int, limit: int) -> None:
        self._lines = lines
        self._cells = cells
        self._columns = columns
        self._limit = limit
        self._ahead: deque[Line] = deque()

    def __iter__(self) -> Iterator[Row]:
        while (line := self._next()) is not None:
            if line.overlong:
                yield Row(line, [], is_overlong=True)
            elif self._cells.mark not in line.data:
                yield Row(line, self._cells.plain(_text(line), self._columns))
            else:
                row = self._quoted_row(line)
                yield replace(row, cells=[*map(self._cell, row.cells)]) if self._may_differ(line) else row

    def _next(self) -> Line | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def _may_differ(self, line: Line) -> bool:
        """Return whether cells of a row may be other than they were split."""
        return self._cells.mark == b"'" or (b"=" in line.data and b'="' in line.data)  # one byte is found much faster

    def _cell(self, cell: str) -> str:
        return formula_text(self._cells.exchanged(cell))

    def _text(self, line: Line) -> str:
        return self._cells.exchanged(_text(line))

    def _quoted_row(self, line: Line) -> Row:
        text = self._text(line)
        if (simple := self._cells.simple(text)) is not None:
            return Row(line, simple)
        cells: list[str] = []
        taken: list[Line] = []
        position = self._cells.regular(text, cells)
        while position >= 0:
            joined = self._up_to_closing(text, position, taken)
            if sum(len(each.data) for each in taken) + len(line.data) > self._limit or any(
                each.overlong for each in taken
            ):
                self._ahead.extendleft(reversed(taken))
                return Row(line, [], is_overlong=True)
            after = self._cells.regular(joined, cells, position)
            if after == position:  # the quotation mark is text, and what was taken for its cell are rows
                self._ahead.extendleft(reversed(taken))
                is_open = not _has_quote(text, text.index('"', position) + 1)
                return Row(line, self._cells.repaired(self._text(line), self._columns), has_open_quote=is_open)
            text, position = joined, after
        return Row(line, cells)

    def _up_to_closing(self, text: str, position: int, taken: list[Line]) -> str:
        """Return the text with the next lines up to the first quotation mark that may close the cell at a position.

        It is the same text where it has such a mark itself, or no line has, or the row gets too large.
        """
        parts = [text]
        start = text.index('"', position) + 1
        size = sum(len(line.data) for line in taken) + len(text)
        while not _has_quote(parts[-1], start):
            line = self._next()
            if line is None:
                return text
            taken.append(line)
            size += len(line.data)
            if line.overlong or size > self._limit:
                return text
            parts.append(self._text(line))
            start = 0
        return "\n".join(parts) if len(parts) > 1 else text


def _text(line: Line) -> str:
    return line.data.decode("utf-8", "surrogateescape")


def _has_quote(text: str, start: int) -> bool:
    """Return whether there is a quotation mark from a position on that is not doubled."""
    found = _UP_TO_QUOTE.match(text, start)
    return found is not None and found.end() < len(text)
