"""How much of the inputs has been read, for those who show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.readers.inputs import Source
    from data.readers.sources import ByteStream


class ReadingPlace:
    """Where in its inputs a `read_papers` is, in bytes on the disk: what is compressed counts as it is.

    Attributes:
        total: bytes of all inputs; 0 where the length of one is not known, of a pipe, say.
    """

    def __init__(self) -> None:
        self.total = 0
        self._before = 0
        self._coming: list[int] = []
        self._stream: ByteStream | None = None

    @property
    def read(self) -> int:
        """Bytes read so far, from 0 to `total`."""
        return min(self.total, self._before + (self._stream.place() if self._stream is not None else 0))

    def begin(self, sources: Sequence[Source]) -> None:
        """These will be read."""
        sizes = [_size(source) for source in sources]
        self._coming = [size or 0 for size in reversed(sizes)]
        self.total = 0 if None in sizes else sum(self._coming)

    def enter(self, stream: ByteStream) -> None:
        """The next one is read now."""
        self._stream = stream

    def leave(self) -> None:
        """It has been read, or cannot be."""
        self._stream = None
        if self._coming:
            self._before += self._coming.pop()


def _size(source: Source) -> int | None:
    if source.path is None:
        return None
    try:
        return source.path.stat().st_size if source.path.is_file() else None
    except OSError:  # it has gone
        return None
