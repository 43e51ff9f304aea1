"""The papers of one work item."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import IO, cast

from data.papers import Paper, Reject
from data.readers import InputFormat, parquet
from data.readers.byte_ranges import LinesOfRange
from data.readers.inputs import Source
from data.readers.reading import papers_of, stream_records
from data.readers.records import Record, reject
from data.readers.sources import RECORD_BYTES, ByteStream, InputWatch, opened_stream
from serving.lake.storage import NOWHERE, Storage, StorageError
from serving.lake.work_items import WorkItem


def item_papers(item: WorkItem, warn: Callable[[str], None]) -> Iterator[Paper | Reject]:
    """Yield the papers and rejects of an item, as `data.readers.read_papers` does those of a file.

    What is wrong with the content of a file is a reject.

    Args:
        item: what to read.
        warn: is told sentences about the file that cost no record.

    Raises:
        StorageError: the file is gone, cannot be read, or is not what it was when the run began.
    """
    if item.file.size == NOWHERE:
        yield reject(item.name, 1, "It could not be opened when the run began: there is nothing, or no permission.")
        return
    storage = Storage.at(item.file.name)
    _check_unchanged(item, storage)
    with storage.open() as file:
        stream = _stream(item, storage, file, _Warnings(warn))
        yield from papers_of(_records(item, stream), stream.warn)
    _check_unchanged(item, storage)  # while it was read


def _check_unchanged(item: WorkItem, storage: Storage) -> None:
    state = storage.state()
    if state is None:
        raise StorageError(f"{item.file.name} is not there any more.")
    if (state.size, state.modified) != (item.file.size, item.file.modified):
        raise StorageError(f"{item.file.name} changed since the run began.")


def _stream(item: WorkItem, storage: Storage, file: io.BufferedReader, watch: InputWatch) -> ByteStream:
    if item.part is not None and item.format is InputFormat.JSONL:
        return opened_stream(item.name, cast(IO[bytes], LinesOfRange(file, *item.part)), watch=watch)
    return opened_stream(item.name, file, RECORD_BYTES, storage.open, watch)


def _records(item: WorkItem, stream: ByteStream) -> Iterator[Record | Reject]:
    if item.part is not None and item.format is InputFormat.PARQUET:
        return parquet.read(stream, range(*item.part))
    return stream_records(Source(item.name, None, item.format, named=False), stream)


class _Warnings(InputWatch):
    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn

    def warn(self, name: str, sentence: str) -> None:
        self._warn(f"{name}: {sentence}")
