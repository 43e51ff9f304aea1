"""Compressed content in bounded memory: found by its first bytes, whatever it is called."""

import bz2
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import zstandard

from data.readers.encodings import peeked

UNPACKING_ERRORS = (
    OSError, EOFError, zlib.error, zstandard.ZstdError, lzma.LZMAError, zipfile.BadZipFile,
    RuntimeError, NotImplementedError,  # a zip archive with a password, or with an unknown compression
)  # fmt: skip
"""What reading and decompressing damaged content raises."""

# Zstandard may turn 4 bytes into 128 KiB, so it is fed little at a time: its output stays under 32 MiB.
_COMPRESSED_BYTES = 1 << 10
_UNFOLDED_BYTES = 1 << 20  # at a time, where the decompressor takes a limit: bzip2 may turn 45 bytes into 44 MiB
_XZ_MEMORY = 256 << 20  # of a dictionary; xz -9 needs 65 MiB
_MAGIC_BYTES = 6


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


_COMPRESSIONS: tuple[tuple[bytes, Callable[[], _Decompressor]], ...] = (
    (b"\x1f\x8b", lambda: zlib.decompressobj(wbits=31)),
    (b"\x28\xb5\x2f\xfd", lambda: zstandard.ZstdDecompressor().decompressobj()),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)),
)


def decompressed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the content of .gz, .zst, .bz2 and .xz (also of several members), other chunks as they are.

    Raises:
        Exception: one of UNPACKING_ERRORS, where the content is damaged or breaks off.
    """
    start, chunks = peeked(chunks, _MAGIC_BYTES)
    for magic, new_decompressor in _COMPRESSIONS:
        if start.startswith(magic):
            return _inflated(chunks, new_decompressor)
    return chunks


def _inflated(chunks: Iterator[bytes], new_decompressor: Callable[[], _Decompressor]) -> Iterator[bytes]:
    decompressor: _Decompressor | None = None
    for chunk in chunks:
        for offset in range(0, len(chunk), _COMPRESSED_BYTES):
            data = chunk[offset : offset + _COMPRESSED_BYTES]
            while data:
                if decompressor is None:
                    data = data.lstrip(b"\0")  # padding between members, as gzip itself allows
                    if not data:
                        break
                    decompressor = new_decompressor()
                yield from _content(decompressor, data)
                data = b""
                if decompressor.eof:
                    data, decompressor = decompressor.unused_data, None
    if decompressor is not None:
        raise EOFError("the compressed data ends too early")


def _content(decompressor: _Decompressor, data: bytes) -> Iterator[bytes]:
    if not isinstance(decompressor, bz2.BZ2Decompressor | lzma.LZMADecompressor):
        yield decompressor.decompress(data)
        return
    yield decompressor.decompress(data, _UNFOLDED_BYTES)
    while not (decompressor.eof or decompressor.needs_input):
        yield decompressor.decompress(b"", _UNFOLDED_BYTES)
