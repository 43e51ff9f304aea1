"""CSV and TSV with a header line that names the columns, in the dialects of spreadsheets and databases."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from data.errors import quoted
from data.field_names import has_paper_field, is_known, lists_areas, text_field
from data.papers import RecordError, Reject
from data.readers.delimited_rows import Cells, Row, Rows
from data.readers.lines import bounded_lines
from data.readers.records import Record, not_utf8, reject, too_long
from data.readers.sources import ByteStream
from data.spreadsheet_cells import has_guarded_cells, unguarded

_DELIMITERS = ",\t;|"
_HEADER_LINES = 30  # in which the header is looked for: notes may stand before it
_HEADER_CHARACTERS = 20_000
_NAME_CHARACTERS = 100
_WORDS_OF_A_NAME = 4
_NAME_LINES = 10  # after the first, over which the names of a header may go
_SEPARATOR = re.compile(r"\"?sep=(.)\"?", re.IGNORECASE)
_COMMENT = "#"


def matches(head: bytes) -> bool:
    """Return whether one of the first lines names a title or an abstract column."""
    return _header(head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every row after the header as {column: cell}. The delimiter (, ; tab |) is found from the header.

    What stands before the header (notes, comments, "sep=;") is no row. A quoted cell may run over several lines; a
    quotation mark that is not closed is text. Rows with more cells than the header are read with a warning.
    """
    head = stream.head()
    header = _header(head)
    lines = bounded_lines(stream, carriage_returns=b"\n" not in head)
    if header is None:
        first = next((line for line in lines if line.data.strip()), None)
        if first is not None:
            reason = "The header names no title or abstract column; name one of them 'title' or 'abstract'."
            yield reject(stream.name, first.number, reason, first.data)
        return
    for _ in range(header.lines):
        next(lines, None)
    faults = _Faults(header)
    ours = has_guarded_cells(header.columns)
    for row in Rows(lines, header.delimiter, len(header.columns), stream.record_bytes):
        try:
            if row.is_overlong:
                raise RecordError(too_long(stream.record_bytes))
            if any(map(str.strip, row.cells)) and not header.is_repeated(row.cells):
                cells = [*map(unguarded, row.cells)] if ours else row.cells
                yield Record(stream.name, row.line.number, header.fields(cells))
                faults.note(row)
        except RecordError as error:
            yield reject(stream.name, row.line.number, str(error), row.line.data)
    for sentence in faults.sentences():
        stream.warn(sentence)


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns, what parts their names, and how many lines there are up to them."""

    columns: tuple[str, ...]
    delimiter: str
    lines: int

    def fields(self, row: Sequence[str]) -> dict[str, object]:
        """Return {column: cell}; of columns with the same name the first that has a cell.

        Cells that a short row lacks are missing fields. What a row has too many belongs to the last column where
        that is a text or a list of areas, and is left out where it is not.

        Raises:
            RecordError: the row has bytes that are not UTF-8.
        """
        for cell in () if all(map(str.isascii, row)) else row:
            try:
                cell.encode()
            except UnicodeEncodeError as error:  # surrogateescape keeps byte b as U+DC00 + b
                raise RecordError(not_utf8(ord(cell[error.start]) & 0xFF)) from error
        if len(row) > len(self.columns) and _takes_rest(self.columns[-1]):
            last = len(self.columns) - 1
            row = [*row[:last], self.delimiter.join(row[last:]).rstrip(self.delimiter)]
        fields: dict[str, object] = {}
        for name, cell in zip(self.columns, row, strict=False):
            if not fields.get(name):
                fields[name] = cell
        return fields

    def is_repeated(self, row: Sequence[str]) -> bool:
        """Return whether a row is the header once more, as where several files were put together."""
        return row[0].strip() == self.columns[0] and [*map(str.strip, row)] == [*self.columns]

    def exceeds(self, row: Sequence[str]) -> bool:
        """Return whether a row has more cells than there are columns."""
        return len(row) > len(self.columns) and any(map(str.strip, row[len(self.columns) :]))


@dataclass(slots=True)
class _Rows:
    """How many rows there are of a kind, and the line of the first."""

    count: int = 0
    first: int = 0

    def add(self, row: Row) -> None:
        """Count a row."""
        self.first = self.first or row.line.number
        self.count += 1

    def __str__(self) -> str:
        return (
            f"{self.count} rows, the first in line {self.first}, have"
            if self.count > 1
            else f"The row in line {self.first} has"
        )


class _Faults:
    """Rows that were read although something is wrong with them."""

    def __init__(self, header: _Header) -> None:
        self._header = header
        self._wide = _Rows()
        self._open_quotes = _Rows()
        self._broken = _Rows()
        self._last: Row | None = None

    def note(self, row: Row) -> None:
        """Look at a row."""
        if self._header.exceeds(row.cells):
            self._wide.add(row)
        if row.has_open_quote:
            self._open_quotes.add(row)
        columns = len(self._header.columns)
        if len(row.cells) < columns:  # two rows that together are one
            if self._last is not None and len(self._last.cells) + len(row.cells) - 1 == columns:
                self._broken.add(self._last)
            self._last = row
        else:
            self._last = None

    def sentences(self) -> Iterator[str]:
        """Yield what the user should know."""
        columns = len(self._header.columns)
        if self._wide.count:
            yield (
                f"{self._wide} more cells than the header has columns ({columns}); "
                f"the surplus was {_kept(self._header)}. Quote cells that contain the delimiter."
            )
        if self._open_quotes.count:
            yield (
                f"{self._open_quotes} a quotation mark that opens a cell and is never "
                "closed; it was read as text. Double quotation marks inside cells."
            )
        if self._broken.count:
            yield (
                f"{self._broken} fewer cells than the header has columns ({columns}), and the next line seems to be "
                "the rest. Quote cells that contain line breaks."
            )


def _kept(header: _Header) -> str:
    return f"added to {quoted(header.columns[-1])}" if _takes_rest(header.columns[-1]) else "left out"


def _takes_rest(column: str) -> bool:
    """Return whether what a row has too many belongs to its last column: a text, or a list of areas."""
    return bool(text_field(column)) or lists_areas(column)


def _header(head: bytes) -> _Header | None:
    """Return the header among the first lines: the one with most names of fields, a title or an abstract among them.

    After other lines it must have several columns; a comment is taken for the header only where no other line is one.
    """
    text = head.decode("utf-8", "replace").replace("\r\n", "\n")
    lines = (text if "\n" in text else text.replace("\r", "\n")).split("\n")[:_HEADER_LINES]
    delimiters, is_first = _DELIMITERS, True
    found: list[tuple[bool, int, _Header]] = []
    for number, line in enumerate(lines, start=1):
        separator = _SEPARATOR.fullmatch(line.strip(" \r")) if is_first else None
        if separator:
            delimiters = separator[1]
        elif line.strip():
            is_comment = line.startswith(_COMMENT)
            for last in _last_lines(lines, number):
                row = "\n".join(lines[number - 1 : last]).removeprefix(_COMMENT)
                header = _header_in(row, delimiters, last)
                known = sum(map(is_known, header.columns)) if header else 0
                if header and ((is_first and not is_comment) or _is_below_notes(header.columns, known)):
                    found.append((not is_comment, known, header))
            is_first = is_first and is_comment
    return max(found, key=itemgetter(0, 1))[2] if found else None


def _is_below_notes(columns: Sequence[str], known: int) -> bool:
    """Return whether a line after others is a header, and no sentence that lists names of fields between commas."""
    return len(columns) > 1 and (known > 1 or all(len(name.split()) <= _WORDS_OF_A_NAME for name in columns))


def _last_lines(lines: Sequence[str], first: int) -> Iterator[int]:
    """Yield where a header that begins in this line may end: there, or where a name over several lines is closed."""
    yield first
    marks = lines[first - 1].count('"')
    for last in range(first + 1, min(first + _NAME_LINES, len(lines)) + 1 if marks % 2 else 0):
        marks += lines[last - 1].count('"')
        if marks % 2 == 0:
            yield last
            return


def _header_in(line: str, delimiters: str, number: int) -> _Header | None:
    if len(line) > _HEADER_CHARACTERS:
        return None
    rows = {delimiter: _columns(line, delimiter) for delimiter in delimiters}
    delimiter = max(delimiters, key=lambda sign: (sum(map(is_known, rows[sign])), len(rows[sign])))
    columns = rows[delimiter]
    is_prose = columns[-1].endswith(".") or any(len(name) > _NAME_CHARACTERS for name in columns)
    return None if is_prose or not has_paper_field(columns) else _Header(columns, delimiter, number)


def _columns(line: str, delimiter: str) -> tuple[str, ...]:
    cells: list[str] = []
    parser = Cells(delimiter)
    if parser.regular(line, cells) >= 0:
        cells = line.split(delimiter)
    return tuple(cell.strip() for cell in cells)
