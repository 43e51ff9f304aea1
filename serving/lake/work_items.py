"""The table of work items: a file, some rows of a Parquet file, or some bytes of a file of JSON Lines each.

One worker reads, tags and writes an item, and does it again where it was interrupted, so an item should take minutes.
Files of other formats, and compressed ones, can only be read from their beginning: each is one item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Self

from data.errors import UsageError
from data.readers import InputFormat
from data.readers.encodings import UTF8
from data.readers.inputs import check_format, format_in_folder, has_data_suffix
from data.readers.parquet import number_of_rows
from data.readers.sources import ByteStream, opened_stream
from serving.lake.storage import NOWHERE, FileState, Storage, StorageError

ITEM_ROWS = 16_384
"""Rows of a Parquet file in one item: some ten minutes of one core, seconds of a GPU."""
ITEM_BYTES = 32 << 20
"""Bytes of JSON Lines in one item: as many papers, as they usually are."""
_FORMATS = {known.value: known for known in InputFormat}
_LOOKED_AT_ONCE = 16  # files, while the items are planned: object stores answer slowly and in parallel


@dataclass(frozen=True, slots=True)
class WorkItem:
    """What one worker does in one go."""

    number: int
    """From 0; its files are named after it."""
    file: FileState
    """As it was when the run began."""
    format: InputFormat | None
    """None: it could not be found out."""
    part: tuple[int, int] | None = None
    """Numbers of the first row (from 1) and of the row behind the last, or of bytes (from 0); None: the whole file."""

    @property
    def name(self) -> str:
        """What rejects call it; their lines count from the beginning of a part in bytes."""
        in_bytes = self.part is not None and self.format is InputFormat.JSONL
        return f"{self.file.name} from byte {self.part[0]} on" if self.part and in_bytes else self.file.name

    def to_record(self) -> dict[str, Any]:
        """Return it for a JSON file."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Return the item of such a record; raises ValueError, TypeError or KeyError where it is none."""
        part = record["part"]
        return cls(
            number=int(record["number"]),
            file=FileState(**record["file"]),
            format=None if record["format"] is None else _FORMATS[record["format"]],
            part=None if part is None else (int(part[0]), int(part[1])),
        )


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file of the inputs."""

    state: FileState
    named: bool
    """By the user; False: it was found in a folder, where files of other kinds are left out."""


def look(inputs: Sequence[str], *, missing_ok: bool = False) -> list[InputFile]:
    """Return the files of all inputs as they are now, whatever is in them, in the order of the inputs.

    Args:
        inputs: paths and URLs.
        missing_ok: an input that is gone has no files.

    Raises:
        UsageError: an input is missing, stdin, or given twice.
        StorageError: a store does not answer.
    """
    files: dict[str, InputFile] = {}
    for name in inputs:
        for file in _files(name, missing_ok):
            if file.state.name in files:
                raise UsageError(f"{file.state.name} is given twice, by itself and in a folder, say: give it once.")
            files[file.state.name] = file
    return list(files.values())


def _files(name: str, missing_ok: bool) -> list[InputFile]:
    if name == "-":
        raise UsageError("Other machines cannot read stdin: give files, folders or URLs to --engine ray.")
    place = Storage.at(name)
    if state := place.state():
        return [InputFile(state, True)]
    if not (missing_ok or place.is_folder()):
        raise UsageError(f"There is no file or folder {name}; check the path.")
    return [InputFile(state, False) for state in place.list()]


def plan(files: Sequence[InputFile], input_format: InputFormat | None) -> list[WorkItem]:
    """Look into all files and return their items, in their order.

    Raises:
        UsageError: a file that the user named is in no known format, or no file has papers.
    """
    with ThreadPoolExecutor(_LOOKED_AT_ONCE) as pool:
        found = pool.map(lambda file: list(_items(file.state, file.named, input_format)), files)
        items = [item for items in found for item in items]
    if not items:
        raise UsageError("The inputs have no files with papers; check the path.")
    return [replace(item, number=number) for number, item in enumerate(items)]


def _items(file: FileState, named: bool, input_format: InputFormat | None) -> Iterator[WorkItem]:
    whole = WorkItem(0, file, input_format)
    if not file.size:
        if named:
            yield whole
        return
    place = Storage.at(file.name)
    path = PurePosixPath(place.path)
    if file.size == NOWHERE:
        if has_data_suffix(path) or place.is_folder():
            yield whole  # a rejected record says so
        return
    try:
        with place.open() as content:
            stream = opened_stream(file.name, content)
            wanted, found = (True, input_format) if input_format is not None else _look(stream, path, named)
            if wanted:
                yield from _parts(replace(whole, format=found), stream, content)
    except StorageError:
        if named or input_format is not None or "." in path.name:
            yield whole  # the worker says why it cannot be read


def _look(stream: ByteStream, path: PurePosixPath, named: bool) -> tuple[bool, InputFormat | None]:
    if named:
        return True, check_format(stream.name, stream.head(), stream.damaged)
    return format_in_folder(path, stream)


def _parts(whole: WorkItem, stream: ByteStream, content: BinaryIO) -> Iterator[WorkItem]:
    head = stream.head()
    content.seek(0)
    is_plain = content.read(len(head)) == head and stream.encoding == UTF8
    if whole.format is InputFormat.PARQUET and is_plain:
        content.seek(0)
        rows = number_of_rows(content)
        if rows is not None and rows > ITEM_ROWS:
            yield from _ranges(whole, 1, rows + 1, ITEM_ROWS)
            return
    if whole.format is InputFormat.JSONL and is_plain and whole.file.size > 2 * ITEM_BYTES:
        yield from _ranges(whole, 0, whole.file.size, ITEM_BYTES)
        return
    yield whole


def _ranges(whole: WorkItem, start: int, stop: int, most: int) -> Iterator[WorkItem]:
    for first in range(start, stop, most):
        yield replace(whole, part=(first, min(first + most, stop)))
