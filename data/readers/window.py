"""The part of a stream that a reader looks at: it grows at the end and is dropped at the start."""

from collections.abc import Callable

_DROPPED_BYTES = 1 << 16  # so much is dropped before the rest is moved, which costs time
_READ_AHEAD = 1 << 20  # from this size on, a window grows by a half at a time, so that growing stays linear


class Window:
    """The bytes of a stream that are in memory.

    Attributes:
        data: the bytes; those before `start` are dropped.
        start: where the bytes in use begin; a position in `data` holds until the next `drop`.
        line: the number, from 1, of the line in which `start` is; lines end with LF, CR or both.
    """

    def __init__(self, read: Callable[[], bytes], data: bytes = b"") -> None:
        self._read = read
        self.data = data
        self.start = 0
        self.line = 1
        self._after_return = False

    def more(self) -> bool:
        """Add what comes next in the stream; return False at its end.

        Raises:
            DamagedInput: the stream cannot be read to its end.
        """
        wanted = (len(self.data) - self.start) // 2 if len(self.data) > _READ_AHEAD else 1
        chunks = []
        while wanted > 0 and (chunk := self._read()):
            chunks.append(chunk)
            wanted -= len(chunk)
        self.data += b"".join(chunks)
        return bool(chunks)

    def has(self, stop: int) -> bool:
        """Return whether the stream reaches this position, reading on where that is not known yet."""
        while len(self.data) < stop:
            if not self.more():
                return False
        return True

    def drop(self, stop: int) -> bytes:
        """Return the bytes from `start` to `stop`, and let the window start there."""
        dropped = self.data[self.start : stop]
        self.line += dropped.count(b"\n") - (self._after_return and dropped.startswith(b"\n"))
        if b"\r" in dropped:
            self.line += dropped.count(b"\r") - dropped.count(b"\r\n")
        self._after_return = dropped.endswith(b"\r") if dropped else self._after_return
        self.start = stop
        if stop > _DROPPED_BYTES:
            self.data = self.data[stop:]
            self.start = 0
        return dropped
