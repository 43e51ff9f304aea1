"""The lines that begin in a range of a file's bytes, so that ranges side by side have every line once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

CHUNK_BYTES = 1 << 20


class LinesOfRange:
    """A file of whole lines: those of another file that begin in its bytes from `start` to before `stop`.

    Args:
        file: can seek; the caller closes it.
        start: position of the first byte.
        stop: position behind the last one.
    """

    def __init__(self, file: IO[bytes], start: int, stop: int) -> None:
        self._chunks = _chunks(file, start, stop)
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes, b"" at the end."""
        if not self._rest:
            self._rest = next(self._chunks, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


def _chunks(file: IO[bytes], start: int, stop: int) -> Iterator[bytes]:
    # The byte before the range tells whether a line begins with it.
    position = max(start - 1, 0)
    file.seek(position)
    in_line = start > 0
    while position < stop and (chunk := file.read(CHUNK_BYTES)):
        if in_line:
            end = chunk.find(b"\n") + 1
            in_line = end == 0
            chunk = b"" if in_line else chunk[end:]
            position = file.tell() - len(chunk)
        if chunk and position < stop:
            yield from _up_to(chunk, stop - position, file)
            position += len(chunk)


def _up_to(chunk: bytes, length: int, file: IO[bytes]) -> Iterator[bytes]:
    """Yield the chunk, cut behind the line in which its `length` bytes end; that line whole where it goes on."""
    if length > len(chunk):
        yield chunk
        return
    while True:
        end = chunk.find(b"\n", max(length - 1, 0)) + 1
        yield chunk[:end] if end else chunk
        if end:
            return
        length = 0
        chunk = file.read(CHUNK_BYTES)
        if not chunk:
            return
