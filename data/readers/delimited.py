"""CSV and TSV with a header line that names the columns, in the dialects of spreadsheets and databases."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.errors import UsageError, quoted
from data.papers import RecordError, Reject
from data.readers.delimited_header import Header, find_header, has_records_as_columns
from data.readers.delimited_rows import Row, Rows
from data.readers.lines import bounded_lines
from data.readers.records import Record, reject, too_long
from data.readers.sources import ByteStream
from data.spreadsheet_cells import has_guarded_cells, unguarded


def matches(head: bytes) -> bool:
    """Return whether one of the first lines names a title or an abstract column."""
    return find_header(head) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every row after the header as {column: cell}. The delimiter (, ; tab |) is found from the header.

    What stands before the header (notes, comments, "sep=;") is no row. A quoted cell may run over several lines; a
    quotation mark that is not closed is text. Rows with more cells than the header are read with a warning.

    Raises:
        UsageError: each line of the table is a field, not a record.
    """
    head = stream.head()
    header = find_header(head)
    lines = bounded_lines(stream, carriage_returns=b"\n" not in head)
    if header is None:
        first = next((line for line in lines if line.data.strip()), None)
        if first is not None:
            reason = "The header names no title or abstract column; name one of them 'title' or 'abstract'."
            yield reject(stream.name, first.number, reason, first.data)
        return
    if has_records_as_columns(head, header):
        raise UsageError(
            f"The table {stream.name} has a field of the papers in each line; export it with a paper in each line, and "
            "the names of the fields in the first."
        )
    for _ in range(header.lines):
        next(lines, None)
    faults = _Faults(header)
    ours = has_guarded_cells(header.columns)
    for row in Rows(lines, header.cells(), len(header.columns), stream.record_bytes):
        try:
            if row.is_overlong:
                raise RecordError(too_long(stream.record_bytes))
            if any(map(str.strip, row.cells)) and not header.is_no_row(row.cells):
                cells = [*map(unguarded, row.cells)] if ours else row.cells
                yield Record(stream.name, row.line.number, header.fields(cells))
                faults.note(row)
        except RecordError as error:
            yield reject(stream.name, row.line.number, str(error), row.line.data)
    for sentence in faults.sentences():
        stream.warn(sentence)


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

    def __init__(self, header: Header) -> None:
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


def _kept(header: Header) -> str:
    return f"added to {quoted(header.columns[-1])}" if header.takes_rest else "left out"
