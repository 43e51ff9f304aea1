"""Parquet files, read in small batches of the columns that a paper has, whose memory is known before."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from data.field_names import has_paper_field, is_known, is_label_field, text_field
from data.papers import RecordError, Reject
from data.readers.parquet_pages import ColumnPages, column_pages
from data.readers.records import Record, reject, size_text, too_long
from data.readers.sources import ByteStream

_BATCH_ROWS = 512
_BATCH_BYTES = 32 << 20
_PAGE_BYTES = 256 << 20
"""Most bytes of a page, which can be decoded only as a whole; usual pages have one MiB."""
_BUFFER_BYTES = 1 << 20  # of a column chunk that is read at a time

# Damaged files make pyarrow raise any of these.
_READ_ERRORS = (pa.ArrowException, OSError, ValueError, OverflowError)


def matches(head: bytes) -> bool:
    """Return whether the content begins as a Parquet file."""
    return head.startswith(b"PAR1")


def read(stream: ByteStream, rows: range | None = None) -> Iterator[Record | Reject]:
    """Yield every row, the first being number 1. A row group that cannot be read is one Reject.

    The format needs to seek, so of a compressed file or a pipe a temporary copy goes to disk.

    Args:
        stream: what to read.
        rows: the numbers of those to yield; None: all.
    """
    with stream.seekable() as content:
        try:
            file = pq.ParquetFile(content, buffer_size=_BUFFER_BYTES)
        except _READ_ERRORS as error:
            yield reject(stream.name, 1, f"The input is not a whole Parquet file ({_first_line(error)}).")
            return
        names = file.schema_arrow.names
        if not has_paper_field(names):
            columns = ", ".join(names[:10])
            yield reject(stream.name, 1, f"The file has no title or abstract column; its columns are {columns}.")
            return
        rows = range(1, file.metadata.num_rows + 1) if rows is None else rows
        row = 1
        for group in range(file.num_row_groups):
            after = row + file.metadata.row_group(group).num_rows
            if row < rows.stop and rows.start < after:
                yield from _RowGroup(stream, content, file, group, row).records(_columns_read(file.schema_arrow), rows)
            row = after


def number_of_rows(content: BinaryIO) -> int | None:
    """Return how many rows a file has, None where it is not a whole Parquet file; raises OSError."""
    try:
        return int(pq.ParquetFile(content, buffer_size=_BUFFER_BYTES).metadata.num_rows)
    except (pa.ArrowException, ValueError, OverflowError):
        return None


def _columns_read(schema: Any) -> list[str]:
    """Return what papers and labels have; all texts where no column is an abstract, to see which might be one."""
    known = [name for name in schema.names if is_known(name) or is_label_field(name)]
    if any(text_field(name) == "abstract" for name in known):
        return known
    return [field.name for field in schema if field.name in known or _is_text(field.type)]


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


@dataclass(frozen=True, slots=True)
class _RowGroup:
    """A row group whose first row has the number `row`."""

    stream: ByteStream
    content: BinaryIO
    file: Any
    group: int
    row: int

    def records(self, columns: list[str], wanted: range) -> Iterator[Record | Reject]:
        """Yield its rows with the wanted numbers; one Reject in place of those damaged, or too large to be decoded."""
        row = self.row
        try:
            columns, size = self._plan(columns)
            for batch in self.file.iter_batches(size, row_groups=[self.group], columns=columns):
                first, after = max(row, wanted.start), min(row + batch.num_rows, wanted.stop)
                if first < after:
                    yield from _batch(self.stream, batch.slice(first - row, after - first), first)
                row += batch.num_rows
                if row >= wanted.stop:
                    return
        except RecordError as error:
            yield from self._rejected(row, wanted, str(error))
        except _READ_ERRORS as error:
            reason = f"The rows from here to the end of row group {self.group} are damaged ({_first_line(error)})."
            yield from self._rejected(row, wanted, reason)

    def _rejected(self, row: int, wanted: range, reason: str) -> Iterator[Reject]:
        """Yield the Reject if it is wanted: of ranges side by side, one has it."""
        if row in wanted:
            yield reject(self.stream.name, row, reason)

    def _plan(self, columns: list[str]) -> tuple[list[str], int]:
        """Return the columns that can be decoded, and in how many rows at a time.

        Raises:
            RecordError: a page of the titles or abstracts is too large.
            ValueError: the headers of the pages are damaged.
        """
        kept, rows = [], _BATCH_ROWS
        for name in columns:
            chunks = self._chunks(name)
            if max((pages.largest for pages in chunks), default=0) <= _PAGE_BYTES:
                kept.append(name)
                rows = min([rows, *(pages.rows_within(_BATCH_BYTES, _BATCH_ROWS) for pages in chunks)])
            elif text_field(name):
                raise RecordError(
                    f"The rows from here to the end of row group {self.group} are not read: column {name!r} has a "
                    f"page of more than {size_text(_PAGE_BYTES)}. Leave out its longest texts or write smaller pages."
                )
            else:
                self.stream.warn(f"column {name!r} of row group {self.group} is left out: its pages are too large.")
        return kept, rows

    def _chunks(self, column: str) -> list[ColumnPages]:
        """Return the pages of a column, of each of its parts where it is nested."""
        metadata = self.file.metadata.row_group(self.group)
        found = []
        for number in range(metadata.num_columns):
            chunk = metadata.column(number)
            if chunk.path_in_schema == column or chunk.path_in_schema.startswith(column + "."):
                starts = [chunk.data_page_offset, chunk.dictionary_page_offset]
                start = min(offset for offset in starts if offset)
                found.append(column_pages(self.content, start, chunk.total_compressed_size))
        return found


def _batch(stream: ByteStream, batch: pa.RecordBatch, row: int) -> Iterator[Record | Reject]:
    if batch.nbytes <= stream.record_bytes:
        try:
            records: list[dict[str, Any]] = batch.to_pylist()
        except _READ_ERRORS:
            pass
        else:
            for offset, fields in enumerate(records):
                yield Record(stream.name, row + offset, fields)
            return
    yield from _row_by_row(stream, batch, row)


def _row_by_row(stream: ByteStream, batch: pa.RecordBatch, row: int) -> Iterator[Record | Reject]:
    """Yield the rows of a batch that has one which is too large or cannot be decoded (not UTF-8, no such date)."""
    for offset in range(batch.num_rows):
        one = batch.slice(offset, 1)
        try:
            if row_bytes(one) > stream.record_bytes:
                yield reject(stream.name, row + offset, too_long(stream.record_bytes))
            else:
                yield Record(stream.name, row + offset, one.to_pylist()[0])
        except _READ_ERRORS as error:
            yield reject(stream.name, row + offset, f"A value of the row cannot be decoded ({_first_line(error)}).")


def row_bytes(row: Any) -> int:
    """Return the bytes of a row, a batch or table of length 1; of a value in a dictionary, those of the value."""
    sizes = []
    for column in row.columns:
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        sizes.append((column.dictionary_decode() if pa.types.is_dictionary(column.type) else column).nbytes)
    return sum(sizes)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].rstrip(".")
