"""Bytes that wait in memory or on disk, and what they take of both."""

from __future__ import annotations

import io
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.http.limits import Allowance, ExhaustedError
from serving.http.spool import MEMORY_BYTES, Spool


@given(st.lists(st.binary(max_size=50), max_size=20), st.integers(0, 1200), st.integers(0, 1200))
def test_bytes_are_read_as_they_were_written(pieces: list[bytes], start: int, size: int) -> None:
    """By several readers that know nothing of each other, in memory and on disk."""
    for filling in (b"", bytes(MEMORY_BYTES)):
        spool = Spool(Allowance(2 * MEMORY_BYTES), Allowance(2 * MEMORY_BYTES))
        for piece in [filling, *pieces]:
            spool.write(piece)
        expected = io.BytesIO(filling + b"".join(pieces))
        with spool.open() as first, spool.open() as second:
            for reader in (first, second):
                assert reader.seek(len(filling) + start) == expected.seek(len(filling) + start)
                assert reader.read(size) == expected.read(size)
            assert first.seek(0, io.SEEK_END) == spool.size
            assert second.read() == expected.read()
        assert b"".join(spool.pieces()) == expected.getvalue()
        spool.close()


def test_what_it_takes_moves_from_memory_to_disk_and_is_returned() -> None:
    """Only what is in memory counts as held."""
    memory, disk = Allowance(MEMORY_BYTES), Allowance(3 * MEMORY_BYTES)
    spool = Spool(memory, disk)
    spool.write(bytes(MEMORY_BYTES))
    assert (memory.used, disk.used, spool.on_disk) == (MEMORY_BYTES, 0, False)
    spool.write(b"x")
    assert (memory.used, disk.used, spool.on_disk) == (0, MEMORY_BYTES + 1, True)
    with pytest.raises(ExhaustedError):
        spool.write(bytes(2 * MEMORY_BYTES))
    spool.close()
    assert (memory.used, disk.used) == (0, 0)


def test_a_disk_that_is_full_is_an_overload(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client may come again; closing does not fail on what could not be written."""

    def full(*_: object, **__: object) -> io.IOBase:
        return _FullFile()

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", full)
    memory, disk = Allowance(MEMORY_BYTES), Allowance(MEMORY_BYTES)
    spool = Spool(memory, disk)
    with pytest.raises(ExhaustedError):
        spool.write(b"x")
    spool.close()
    assert (memory.used, disk.used) == (0, 0)


class _FullFile(io.RawIOBase):
    def write(self, content: object) -> int:
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        if not self.closed:
            super().close()
            raise OSError(28, "No space left on device")
