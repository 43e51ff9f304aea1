"""Opening an input as a stream of bytes: plain or compressed files and standard input, in bounded chunks."""

import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO

from data.errors import AreatagError
from data.readers.compression import UNPACKING_ERRORS, decompressed
from data.readers.encodings import GUESS, UTF8, Encoding, as_utf8

CHUNK_BYTES = 1 << 16
HEAD_BYTES = 1 << 16
RECORD_BYTES = 8 << 20

# What a user should know of an input that was read: on stderr, unless the program that reads logs elsewhere.
_LOGGER = logging.getLogger("areatag.readers")


class InputWatch:
    """Is told of an input while it is read. This one logs what users should know; others may raise to end it."""

    def warn(self, name: str, sentence: str) -> None:
        """Take note of something about the input of this name that costs no record."""
        _LOGGER.warning("%s: %s", name, sentence)

    def received(self, size: int) -> None:
        """So many bytes of content have come, decompressed."""


_LOGGING = InputWatch()


def warn_of(name: str, sentence: str) -> None:
    """Tell the user something about the input of this name that costs no record."""
    _LOGGING.warn(name, sentence)


class DamagedInput(AreatagError):
    """The input breaks off or cannot be decompressed: what came before it was delivered."""


class ByteStream:
    """The decompressed bytes of one input.

    Attributes:
        name: what messages call the input.
        newlines: line ends delivered so far.
        record_bytes: the most bytes that a reader may hold for one record.
        encoding: that of the input, as far as it was read; what is delivered is UTF-8.
        watch: is told of what is read.
    """

    def __init__(
        self,
        name: str,
        chunks: Iterator[bytes],
        record_bytes: int = RECORD_BYTES,
        reopen: Callable[[], BinaryIO] | None = None,
        watch: InputWatch = _LOGGING,
        file: IO[bytes] | None = None,
    ) -> None:
        self.name = name
        self._file = file
        self._farthest = 0
        self.watch = watch
        self._reopen = reopen
        self.newlines = 0
        self.record_bytes = record_bytes
        self.encoding = UTF8
        self._chunks = chunks
        self._head: list[bytes] = []
        self._failure: DamagedInput | None = None
        self._notes: list[str] = []

    def head(self) -> bytes:
        """Return the first HEAD_BYTES (fewer of a shorter or damaged input); read() still gives them."""
        try:
            while sum(map(len, self._head)) < HEAD_BYTES and (chunk := self._next()):
                self._head.append(chunk)
        except DamagedInput as failure:
            self._failure = failure  # what came before it can still be read; read() raises it in its place
        return b"".join(self._head)[:HEAD_BYTES]

    @property
    def damaged(self) -> bool:
        """Return whether the head could not be read to its end."""
        return self._failure is not None

    def place(self) -> int:
        """Return how many bytes of the file have been read, of a compressed one those that are on the disk."""
        with suppress(OSError, ValueError):  # a pipe, or closed
            self._farthest = max(self._farthest, self._file.tell() if self._file is not None else 0)
        return self._farthest

    def read(self) -> bytes:
        """Return the next chunk of at most CHUNK_BYTES, b"" at the end.

        Raises:
            DamagedInput: the rest cannot be read.
        """
        if self._head:
            chunk = self._head.pop(0)
        elif self._failure is not None:
            raise self._failure
        else:
            chunk = self._next()
        self.newlines += chunk.count(b"\n")
        while self._notes:
            self.warn(self._notes.pop(0))
        return chunk

    def warn(self, sentence: str) -> None:
        """Tell the user something about the input that costs no record."""
        self.watch.warn(self.name, sentence)

    def set_encoding(self, encoding: Encoding) -> None:
        """Note the encoding of the input; that it is a guess is said when the content is read, not at a look."""
        self.encoding = encoding
        if encoding.is_guess:
            self._notes.append(GUESS)

    def seekable(self) -> BinaryIO:
        """Return the whole content as a file that can seek, which the caller closes.

        That is the input itself where it can be opened anew and is not compressed, else a temporary copy on disk.

        Raises:
            DamagedInput: the input cannot be opened anew: it has gone, say.
            AreatagError: the copy cannot be written.
        """
        if self._reopen is not None:
            try:
                file = self._reopen()
            except OSError as error:
                raise DamagedInput(f"The input {self.name} cannot be opened any more ({error.strerror}).") from error
            if file.read(4) == self.head()[:4]:  # else it is compressed
                file.seek(0)
                self._file = file
                return file
            file.close()
        with ExitStack() as unfinished:
            try:
                copy = unfinished.enter_context(tempfile.TemporaryFile())
                while chunk := self.read():
                    copy.write(chunk)
                copy.seek(0)
            except OSError as error:
                raise AreatagError(
                    f"The temporary copy of {self.name} cannot be written ({error.strerror}); "
                    "free some disk space or set TMPDIR to another disk."
                ) from error
            unfinished.pop_all()  # complete: the caller closes it
        return copy

    def _next(self) -> bytes:
        try:
            chunk = next(self._chunks, b"")
        except UNPACKING_ERRORS as error:
            raise DamagedInput(
                f"The input {self.name} is damaged or cut off from here on ({error}); "
                "what came before was read. Get a complete copy."
            ) from error
        self.watch.received(len(chunk))
        return chunk


def opened_stream(
    name: str,
    file: IO[bytes],
    record_bytes: int = RECORD_BYTES,
    reopen: Callable[[], BinaryIO] | None = None,
    watch: InputWatch = _LOGGING,
) -> ByteStream:
    """Return the stream of a file that is open: decompressed, and as UTF-8 where it is text.

    Args:
        name: what messages call it.
        file: the content, which the caller closes when the stream has been read.
        record_bytes: the most bytes that a reader may hold for one record.
        reopen: opens the same content once more, where that can be done; for formats that need to seek.
        watch: is told of what is read.
    """

    def content() -> Iterator[bytes]:
        # a generator, so that nothing is read (or found to be damaged) before the stream is
        yield from as_utf8(_small(decompressed(_file_chunks(file))), stream.set_encoding)

    stream = ByteStream(name, content(), record_bytes, reopen, watch, file)
    return stream


class OpenInput:
    """Context manager over the ByteStream of a path, or of standard input where the path is None."""

    def __init__(self, path: Path | None, record_bytes: int = RECORD_BYTES) -> None:
        """Open the input.

        Raises:
            OSError: the file cannot be opened.
        """
        self._file: BinaryIO = sys.stdin.buffer if path is None else path.open("rb")
        self._owned = path is not None
        name = "-" if path is None else str(path).encode("utf-8", "replace").decode()
        reopen = (lambda: path.open("rb")) if path is not None and path.is_file() else None
        self.stream = opened_stream(name, self._file, record_bytes, reopen)

    def __enter__(self) -> ByteStream:
        return self.stream

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owned:
            self._file.close()


def _file_chunks(file: IO[bytes]) -> Iterator[bytes]:
    # read1 returns what a pipe has, so that records of a slow producer are not held back
    read = getattr(file, "read1", file.read)
    while chunk := read(CHUNK_BYTES):
        yield chunk


def _small(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), CHUNK_BYTES):
            yield piece[start : start + CHUNK_BYTES]
