"""Bytes of a call that wait in memory while they are few, and else on disk; both are counted for all calls together."""

from __future__ import annotations

import io
import logging
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, cast

from serving.http.limits import Allowance, ExhaustedError, Share

logger = logging.getLogger("areatag.service")

MEMORY_BYTES = 1 << 20
"""Most bytes of one spool that stay in memory."""
_CHUNK_BYTES = 1 << 16


class Spool:
    """Bytes that are written once and then read.

    Args:
        memory: what all spools and bodies may hold in memory.
        disk: what all spools may hold on disk.
    """

    def __init__(self, memory: Allowance, disk: Allowance) -> None:
        self._memory, self._disk = Share(memory), Share(disk)
        self._file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES))  # noqa: SIM115 - see close
        self._reading = threading.Lock()
        self.size = 0

    @property
    def on_disk(self) -> bool:
        """Whether writing and reading may have to wait for a disk."""
        return self.size > MEMORY_BYTES

    def write(self, piece: bytes) -> None:
        """Add bytes.

        Raises:
            ExhaustedError: they do not fit into the memory or onto the disk now.
        """
        if self.on_disk:
            self._disk.take(len(piece))
        elif self.size + len(piece) > MEMORY_BYTES:
            self._disk.take(self.size + len(piece))
            self._memory.give_back()
        else:
            self._memory.take(len(piece))
        self.size += len(piece)
        try:
            self._file.write(piece)
        except OSError as error:
            logger.error("A file of a call cannot be kept on the disk for temporary files (%s).", error.strerror)
            raise ExhaustedError from error

    def open(self) -> BinaryIO:
        """Return a reader of its own from the first byte on; closing it leaves the bytes."""
        return io.BufferedReader(_Reader(self), _CHUNK_BYTES)

    def pieces(self) -> Iterator[bytes]:
        """Yield all bytes."""
        with self.open() as reader:
            while piece := reader.read(_CHUNK_BYTES):
                yield piece

    def read_at(self, position: int, size: int) -> bytes:
        """Return the bytes from a position on, fewer at the end."""
        with self._reading:
            self._file.seek(position)
            return self._file.read(size)

    def close(self) -> None:
        """Drop the bytes, and return what they took of memory and disk."""
        with suppress(OSError):  # what is in a buffer and does not fit onto the disk is dropped too
            self._file.close()
        self._memory.give_back()
        self._disk.give_back()


class _Reader(io.RawIOBase):
    def __init__(self, spool: Spool) -> None:
        self._spool, self._position = spool, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._spool.size}[whence]
        if start + offset < 0:
            raise ValueError("a position before the beginning")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # of any buffer
        content = self._spool.read_at(self._position, len(buffer))
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)
