"""CSV and TSV with a header line that names the columns."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Self

from data.field_names import has_paper_field, is_known
from data.papers import RecordError, Reject
from data.readers.lines import Line, bounded_lines
from data.readers.records import Record, not_utf8, reject, too_long
from data.readers.sources import ByteStream
from data.spreadsheet_cells import has_guarded_cells, unguarded

# Rereading after unclosed quotes costs at most this many bytes a file, which keeps a hostile one linear.
_REREAD_BYTES = 256 << 20


def matches(head: bytes) -> bool:
    """Return whether the first line names a title or an abstract column."""
    lines = head.lstrip().splitlines()
    if not lines or len(lines[0]) > 10_000 or lines[0].startswith(b"#"):
        return False
    header = lines[0].decode("utf-8", "replace")
    return has_paper_field(_cells(header, _delimiter(header)))


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every row after the header as {column: cell}. The delimiter (, ; tab |) is found from the header.

    A quoted field may run over several lines; a quote that never closes rejects only the line where it opens.
    """
    # the csv module has one limit for the whole process; ours bounds a record before it is reached
    csv.field_size_limit(max(csv.field_size_limit(), stream.record_bytes + 1))
    lines = _RecordLines(stream)
    header = lines.header()
    if header is None:
        return
    delimiter = _delimiter(header)
    columns = [name.strip() for name in _cells(header, delimiter)]
    if not has_paper_field(columns):
        reason = "The header names no title or abstract column; name one of them 'title' or 'abstract'."
        yield reject(stream.name, lines.first.number, reason, header)
        return
    rows = csv.reader(lines, delimiter=delimiter)
    ours = has_guarded_cells(columns)
    while True:
        lines.start_record()
        try:
            row = next(rows)
            lines.check_closed(delimiter)
            if any(cell.strip() for cell in row):
                cells = [unguarded(cell) for cell in row] if ours else row
                yield Record(stream.name, lines.first.number, _fields(columns, cells))
        except StopIteration:
            return
        except (csv.Error, RecordError) as error:
            yield reject(stream.name, lines.first.number, str(error), lines.first.data)
            if isinstance(error, csv.Error | _RunawayError):
                lines.reread_after_first()


class _RunawayError(RecordError):
    """A record that does not end where it should, so that it has swallowed lines of others."""


class _RecordLines:
    """The lines that csv.reader asks for; those of the current record are kept, to name and reread them."""

    def __init__(self, stream: ByteStream) -> None:
        self._limit = stream.record_bytes
        self._lines = bounded_lines(stream)
        self._again: deque[Line] = deque()
        self._record: list[Line] = []
        self._size = 0
        self._reread = 0
        self._ended = False

    @property
    def first(self) -> Line:
        """Return the line where the record starts."""
        return self._record[0]

    def header(self) -> str | None:
        """Return the first line that is not blank."""
        for line in self._lines:
            if line.data.strip():
                self._record = [line]
                return line.data.decode("utf-8", "replace")
        return None

    def start_record(self) -> None:
        """Forget the lines of the record before."""
        self._record = []
        self._size = 0
        self._ended = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines, None)
        if line is None:
            self._ended = True
            raise StopIteration
        self._record.append(line)
        self._size += len(line.data)
        if line.overlong or self._size > self._limit:
            raise _RunawayError(too_long(self._limit))
        return line.data.decode("utf-8", "surrogateescape") + "\n"

    def check_closed(self, delimiter: str) -> None:
        """Raise _RunawayError when the record ran to the end of the input because a quote never closes."""
        if not self._ended or len(self._record) < 2 or self._reread > _REREAD_BYTES:
            return
        lines = (line.data.decode("utf-8", "surrogateescape") + "\n" for line in self._record)
        try:
            list(csv.reader(lines, delimiter=delimiter, strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise _RunawayError("A quote that opens in this record is never closed.") from error

    def reread_after_first(self) -> None:
        """Hand out again the lines that a rejected record has swallowed after its first one."""
        self._reread += self._size
        if self._reread <= _REREAD_BYTES:
            self._again.extendleft(reversed(self._record[1:]))


def _delimiter(header: str) -> str:
    """Return the delimiter that finds most of the column names we know, and then most columns."""

    def found(delimiter: str) -> tuple[int, int]:
        cells = _cells(header, delimiter)
        return sum(is_known(cell) for cell in cells), len(cells)

    return max(",\t;|", key=found)


def _cells(header: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return []


def _fields(columns: Sequence[str], row: Sequence[str]) -> dict[str, object]:
    """Return {column: cell}; cells that a short row lacks are missing fields.

    Raises:
        RecordError: the row has more cells than there are columns, or bytes that are not UTF-8.
    """
    if any(cell.strip() for cell in row[len(columns) :]):
        raise RecordError(
            f"The row has {len(row)} cells but the header names {len(columns)}; quote cells that contain the delimiter."
        )
    for cell in row:
        if not cell.isascii():
            try:
                cell.encode()
            except UnicodeEncodeError as error:  # surrogateescape keeps byte b as U+DC00 + b
                raise RecordError(not_utf8(ord(cell[error.start]) & 0xFF)) from error
    return dict(zip(columns, row, strict=False))
