"""Parquet files, read in small batches of the columns that a paper has."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data.field_names import has_paper_field, is_known
from data.papers import Reject
from data.readers.records import Record, reject
from data.readers.sources import ByteStream

_BATCH_ROWS = 512

# Damaged files make pyarrow raise any of these.
_READ_ERRORS = (pa.ArrowException, OSError, ValueError, OverflowError)


def matches(head: bytes) -> bool:
    """Return whether the content begins as a Parquet file."""
    return head.startswith(b"PAR1")


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every row, the first being number 1. A row group that cannot be read is one Reject.

    The format needs to seek, so of a compressed file or a pipe a temporary copy goes to disk.
    """
    with stream.seekable() as content:
        try:
            file = pq.ParquetFile(content)
        except _READ_ERRORS as error:
            yield reject(stream.name, 1, f"The input is not a whole Parquet file ({_first_line(error)}).")
            return
        names = file.schema_arrow.names
        if not has_paper_field(names):
            columns = ", ".join(names[:10])
            yield reject(stream.name, 1, f"The file has no title or abstract column; its columns are {columns}.")
            return
        columns_read = [name for name in names if is_known(name)]
        row = 1
        for group in range(file.num_row_groups):
            yield from _row_group(stream.name, file, group, columns_read, row)
            row += file.metadata.row_group(group).num_rows


def _row_group(name: str, file: pq.ParquetFile, group: int, columns: list[str], row: int) -> Iterator[Record | Reject]:
    try:
        for batch in file.iter_batches(_BATCH_ROWS, row_groups=[group], columns=columns):
            yield from _batch(name, batch, row)
            row += batch.num_rows
    except _READ_ERRORS as error:
        yield reject(
            name,
            row,
            f"The rows from here to the end of row group {group} are damaged ({_first_line(error)}).",
        )


def _batch(name: str, batch: pa.RecordBatch, row: int) -> Iterator[Record | Reject]:
    try:
        records: list[dict[str, Any]] = batch.to_pylist()
    except _READ_ERRORS:
        yield from _row_by_row(name, batch, row)
        return
    for offset, fields in enumerate(records):
        yield Record(name, row + offset, fields)


def _row_by_row(name: str, batch: pa.RecordBatch, row: int) -> Iterator[Record | Reject]:
    """Yield the rows of a batch with a value (not UTF-8, a date out of range) that cannot be decoded."""
    for offset in range(batch.num_rows):
        try:
            yield Record(name, row + offset, batch.slice(offset, 1).to_pylist()[0])
        except _READ_ERRORS as error:
            yield reject(name, row + offset, f"A value of the row cannot be decoded ({_first_line(error)}).")


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].rstrip(".")
