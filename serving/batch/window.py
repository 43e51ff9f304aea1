"""What the latest papers were predicted, on disk: an identical paper is tagged once, also after a kill.

Repositories, aggregators and versions of preprints give the same title and abstract many times, often near each other.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from data.atomic import write_error
from data.errors import AreatagError
from data.papers import Paper
from serving.batch.chunks import CHUNK_RECORDS

FloatArray = NDArray[np.float32]

WINDOW_PAPERS = 100_000
"""Different papers that are remembered."""
_HEADER = np.dtype("<u8")  # numbers of a row
_NUMBER = np.dtype("<f4")


class PredictedWindow:
    """Predictions of the latest WINDOW_PAPERS different papers of a run; a context manager.

    Papers are numbered as they come, identical ones alike, so a resumed run that shows all papers again numbers them
    as the interrupted one did. The file is a ring of rows. It has place for a chunk more than the window: what a killed
    run wrote last must not stand where the resumed one still reads.

    Args:
        path: a file that outlives a kill; None: a temporary one.
        resume: the file has rows of the interrupted run.

    Raises:
        UsageError: the file cannot be made.
        AreatagError: nor can a temporary one.
    """

    def __init__(self, path: Path | None = None, *, resume: bool = False) -> None:
        self._path, self._resumed = path, resume
        self._slots = WINDOW_PAPERS + CHUNK_RECORDS
        self._numbers: dict[bytes, int] = {}
        self._latest: list[bytes] = []  # a ring too: the paper of each number, modulo WINDOW_PAPERS
        self._next = self._written = 0
        self._width = 0
        with ExitStack() as stack:
            try:
                self._file: BinaryIO = stack.enter_context(_opened(path, resume))
            except OSError as error:
                raise _cannot_open(path, error) from error
            self._open = stack.pop_all()

    def number(self, papers: Sequence[Paper]) -> tuple[list[int], list[Paper]]:
        """Return the number of each of the next papers, and those of them that are identical to none in the window."""
        numbers, new = [], []
        for paper in papers:
            key = _key(paper)
            known = self._numbers.get(key)
            if known is None:
                known = self._add(key)
                new.append(paper)
            numbers.append(known)
        return numbers, new

    def skip(self, papers: Sequence[Paper]) -> None:
        """Number papers whose predictions the interrupted run has written."""
        self.number(papers)
        self._written = self._next

    def predictions(self, numbers: Sequence[int], new: FloatArray) -> FloatArray:
        """Keep the predictions of new papers, and return those of all papers that were numbered with them.

        Args:
            numbers: of n papers, from `number`, whose answers come here in their order.
            new: float32 [new papers, columns].

        Returns:
            float32 [n, columns].

        Raises:
            AreatagError: the disk is full or failed, or the file is not what the interrupted run wrote.
        """
        start = self._written
        if len(new):
            self._write(np.ascontiguousarray(new, dtype=_NUMBER))
        elif numbers and not self._width:
            self._width = self._saved_width()
        rows = np.empty((len(numbers), self._width), dtype=np.float32)
        for row, number in enumerate(numbers):
            rows[row] = new[number - start] if number >= start else self._read(number)
        return rows

    def _add(self, key: bytes) -> int:
        number = self._next
        if number < WINDOW_PAPERS:
            self._latest.append(key)
        else:
            del self._numbers[self._latest[number % WINDOW_PAPERS]]
            self._latest[number % WINDOW_PAPERS] = key
        self._numbers[key] = number
        self._next += 1
        return number

    def _write(self, rows: FloatArray) -> None:
        self._width = rows.shape[1]
        try:
            if not self._written:
                os.pwrite(self._file.fileno(), np.array([self._width], _HEADER).tobytes(), 0)
            before_end = self._slots - self._written % self._slots
            for first, part in ((self._written, rows[:before_end]), (self._written + before_end, rows[before_end:])):
                _write_at(self._file.fileno(), part.tobytes(), self._place(first))
            if self._path is not None:
                os.fsync(self._file.fileno())
        except OSError as error:
            where = self._path or "a temporary file"
            raise AreatagError(
                f"Cannot write {where}: {error.strerror}. Make room, then run again with --resume."
            ) from error
        self._written += len(rows)

    def _read(self, number: int) -> FloatArray:
        size = self._width * _NUMBER.itemsize
        content = os.pread(self._file.fileno(), size, self._place(number))
        if len(content) < size:
            raise self._damaged()
        return np.frombuffer(content, _NUMBER).astype(np.float32)

    def _saved_width(self) -> int:
        content = os.pread(self._file.fileno(), _HEADER.itemsize, 0)
        if len(content) < _HEADER.itemsize:
            raise self._damaged()
        return int(np.frombuffer(content, _HEADER)[0])

    def _place(self, number: int) -> int:
        return _HEADER.itemsize + number % self._slots * self._width * _NUMBER.itemsize

    def _damaged(self) -> AreatagError:
        return AreatagError(f"Cannot resume: {self._path} is missing or cut. Run without --resume to start over.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


def _opened(path: Path | None, resume: bool) -> BinaryIO:
    if path is None:
        return tempfile.TemporaryFile(buffering=0)
    return path.open("r+b" if resume and path.exists() else "w+b", buffering=0)


def _cannot_open(path: Path | None, error: OSError) -> AreatagError:
    if path is not None:
        return write_error(path, error)
    return AreatagError(
        f"No temporary file can be made ({error.strerror}); set TMPDIR to a folder that can be written and has room."
    )


def _key(paper: Paper) -> bytes:
    content = f"{len(paper.title)} {paper.title}{paper.abstract}".encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=16).digest()


def _write_at(descriptor: int, data: bytes, offset: int) -> None:
    rest = memoryview(data)
    while rest:
        done = os.pwrite(descriptor, rest, offset)
        rest, offset = rest[done:], offset + done
