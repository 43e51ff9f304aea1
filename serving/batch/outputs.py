"""Files and streams that labels and rejects are written to."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from data.atomic import write_error
from data.errors import AreatagError
from data.file_lock import is_open_at, lock_output
from data.papers import Reject
from model.tags import TagOptions, TagResult
from serving.batch.counts import Counts
from serving.batch.writers import OutputFormat, compress, encode_rejects, encode_results, is_gzip


class WorkFile:
    """A file that is written beside its final place, ``NAME.partial``, and moved there when it is complete.

    No other run can write it meanwhile. What an interrupted run left stays as it is until `cut` says how much of it
    is good.

    Raises:
        UsageError: the folder cannot be written.
        AreatagError: another run is writing the file.
    """

    def __init__(self, final: Path) -> None:
        self._lock = lock_output(final, work_path(final))
        # The place that a link points to is replaced, not the link.
        self.final = final.resolve()
        self.path = work_path(final)
        self._file: io.FileIO | None = None

    @property
    def size(self) -> int:
        """Bytes in the file; 0 where there is none."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def cut(self, length: int) -> None:
        """Go on writing after ``length`` bytes.

        Raises:
            UsageError: the file cannot be created.
        """
        try:
            self._file = io.FileIO(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666), "r+")
        except OSError as error:
            raise write_error(self.path, error) from error
        self._file.truncate(length)
        self._file.seek(length)

    def append(self, data: bytes) -> None:
        """Write, compressed when the final name ends in .gz, and wait until the disk has it; after `cut`.

        Raises:
            AreatagError: the disk is full or failed, or another program took the file away.
        """
        file = self._checked()
        try:
            _write_all(file, compress(data) if is_gzip(self.final) else data)
            os.fsync(file.fileno())
        except OSError as error:
            raise AreatagError(
                f"Cannot write {self.path}: {error.strerror}. Make room, then run again with --resume."
            ) from error

    def publish(self, length: int, move: Callable[[Path, Path], None] = os.replace) -> None:
        """Move the file to its final place if it holds ``length`` > 0 bytes, else remove it.

        A file that is empty or gone in spite of a length was moved by a run that was killed right after.

        Raises:
            AreatagError: it does not hold what was written to it.
        """
        if self._file is not None:
            self._checked()
        if length and self.size == length:
            move(self.path, self.final)
        elif length and (self.size or not self.final.exists()):
            raise _changed(self.path)
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file, and let other runs write it."""
        if self._file is not None:
            self._file.close()
        self._lock.remove()

    def _checked(self) -> io.FileIO:
        if self._file is None or not is_open_at(self._file.fileno(), self.path):
            raise _changed(self.path)
        return self._file


class StreamOutput:
    """Labels to stdout, a pipe or a device, as they come; rejects to a file or to ``on_reject``.

    Args:
        stream: where label records go.
        name: what to call the stream in an error.
        rejected: the rejected file; None: ``on_reject`` is called with each.
    """

    finished = False
    window_path = None

    def __init__(
        self,
        stream: BinaryIO | io.FileIO,
        name: str,
        rejected: Path | None,
        file_format: OutputFormat,
        options: TagOptions,
        on_reject: Callable[[Reject], None],
    ) -> None:
        self.counts = Counts()
        self._stream = stream
        self._name = name
        self._format = file_format
        self._options = options
        self._on_reject = on_reject
        self._rejected = rejected
        self._rejects_file = WorkFile(rejected) if rejected is not None else None
        if self._rejects_file is not None:
            self._rejects_file.cut(0)

    def write(self, results: Sequence[TagResult], rejects: Sequence[Reject], counts: Counts) -> None:
        """Write a chunk out at once.

        Raises:
            BrokenPipeError: the reader of the pipe has gone.
            AreatagError: the device is full or failed.
        """
        header = self.counts.labelled == 0
        self.counts = counts
        self._write_rejects(rejects)
        if not results:
            return
        try:
            _write_all(self._stream, encode_results(results, self._format, self._options, header=header))
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise AreatagError(f"Cannot write the labels to {self._name}: {error.strerror}.") from error

    def _write_rejects(self, rejects: Sequence[Reject]) -> None:
        if self._rejects_file is not None:
            self._rejects_file.append(encode_rejects(rejects))
        else:
            for reject in rejects:
                self._on_reject(reject)

    def finish(self) -> None:
        """Nothing is left to do: labels are out, and the rejected file is moved on exit."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rejects_file is not None and self._rejected is not None:
            with closing(self._rejects_file):
                self._rejects_file.publish(self._rejects_file.size)
            if not self.counts.rejected and error is None:
                self._rejected.unlink(missing_ok=True)


def _write_all(file: BinaryIO | io.FileIO, data: bytes) -> None:
    """Write everything: an unbuffered file may take only a part at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _changed(path: Path) -> AreatagError:
    return AreatagError(
        f"{path} was moved, replaced or cut by another program while it was written. Run again without --resume."
    )


def work_path(final: Path) -> Path:
    """Where a file is written until it is complete: beside the file itself, also when ``final`` is a link."""
    resolved = final.resolve()
    return resolved.with_name(resolved.name + ".partial")


def is_stream(path: Path) -> bool:
    """Whether the path is a device or a named pipe, which can only be written to, not replaced."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
