"""Opening an input: compressed or plain, a pipe or a file, whole or damaged."""

from __future__ import annotations

import bz2
import gc
import gzip
import io
import lzma
import os
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from data.errors import AreatagError
from data.papers import Paper, Reject
from data.readers import read_papers, stream_papers
from data.readers.encodings import GUESS
from data.readers.sources import (
    CHUNK_BYTES,
    HEAD_BYTES,
    ByteStream,
    DamagedInput,
    InputWatch,
    OpenInput,
    opened_stream,
)

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]


LINES = "".join(f'{{"title": "Paper {number} on geese and herons"}}\n' for number in range(8000)).encode()


def small_blocks(content: bytes) -> bytes:
    """Return bzip2, of which a block that is cut off is lost, in blocks of 100 kB."""
    return bz2.compress(content, 1)


compressions = pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress, small_blocks, lzma.compress])


@compressions
def test_compressed_whole_and_joined(read_content: ReadContent, compress: Callable[[bytes], bytes]) -> None:
    """Several members or frames after one another are one input."""
    assert len(read_content(compress(LINES))) == 8000
    joined = compress(LINES[:1000]) + compress(LINES[1000:2000]) + compress(b"") + compress(LINES[2000:])
    assert len(read_content(joined)) == 8000


@compressions
def test_compressed_cut_off(read_content: ReadContent, compress: Callable[[bytes], bytes]) -> None:
    """All whole lines before the cut are read, and one Reject names the file and the line of the damage."""
    content = compress(LINES)
    records = read_content(content[: len(content) * 2 // 3])
    *papers, rejected = records
    assert len(papers) > 1000 and all(isinstance(item, Paper) for item in papers)
    assert isinstance(rejected, Reject)
    assert rejected.line == len(papers) + 1
    assert "papers is damaged or cut off" in rejected.reason


@compressions
def test_compressed_cut_off_near_the_start(read_content: ReadContent, compress: Callable[[bytes], bytes]) -> None:
    """A file of which only the compression can be told is one Reject."""
    (rejected,) = read_content(compress(LINES)[:8])
    assert isinstance(rejected, Reject) and rejected.line == 1


@compressions
def test_compressed_other_bytes_at_the_end(read_content: ReadContent, compress: Callable[[bytes], bytes]) -> None:
    """What comes before trailing rubbish is read."""
    records = read_content(compress(LINES) + b"rubbish")
    assert len(records) == 8001 and isinstance(records[-1], Reject)


@compressions
def test_compressed_bomb(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    """A small file that expands to one huge line is one Reject."""
    path = tmp_path / "bomb"
    path.write_bytes(compress(b'{"title": "' + b"x" * (60 << 20)))
    (rejected,) = read_papers([path])
    assert isinstance(rejected, Reject) and "longer than 8 MiB" in rejected.reason


def test_xz_that_asks_for_much_memory_is_refused(read_content: ReadContent) -> None:
    """A small file may declare a dictionary of 4 GiB, which would be allocated before anything is read."""
    content = bytearray(lzma.compress(LINES))
    header = slice(12, 12 + 4 * content[12])  # of the block, https://tukaani.org/xz/xz-file-format.txt
    assert content[14:16] == b"\x21\x01"  # LZMA2, whose dictionary the next byte gives
    content[16] = 40
    content[header.stop : header.stop + 4] = zlib.crc32(content[header]).to_bytes(4, "little")
    (rejected,) = read_content(bytes(content))
    assert isinstance(rejected, Reject) and "Memory usage limit exceeded" in rejected.reason


def test_gzip_padding_is_no_damage(read_content: ReadContent) -> None:
    """Zeros after a member, as tape blocks leave them, are skipped."""
    assert len(read_content(gzip.compress(LINES) + bytes(600))) == 8000


def test_a_cut_row_is_not_read_as_a_short_one(read_content: ReadContent) -> None:
    """The row in which the compressed data ends is not taken for a paper with a shorter abstract."""
    rows = b"title,abstract\n" + b"".join(b"T%d,some abstract %d end\n" % (n, n * n) for n in range(20_000))
    content = gzip.compress(rows)
    *papers, rejected = read_content(content[: len(content) // 2])
    assert isinstance(rejected, Reject)
    assert all(isinstance(item, Paper) and item.abstract.endswith(" end") for item in papers)


def test_a_pipe_is_opened_once(tmp_path: Path, titles: Titles) -> None:
    """A named pipe, as a shell's process substitution gives, is read although it cannot be opened twice."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    os.write(writer, b'{"title": "A"}\n')
    records = read_papers([path])
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # keeps the content until it is read
    threading.Timer(0.5, os.close, [writer]).start()
    assert titles(list(records)) == ["A"]
    os.close(reader)


def _whole(stream: ByteStream) -> Iterator[bytes]:
    while chunk := stream.read():
        yield chunk


@given(
    st.binary(max_size=3 * CHUNK_BYTES // 1000).map(lambda seed: seed * 1000),
    st.sampled_from([bytes, gzip.compress, zstandard.compress, small_blocks, lzma.compress]),
    st.booleans(),
)
def test_a_look_at_the_head_takes_nothing_away(content: bytes, pack: Callable[[bytes], bytes], looks: bool) -> None:
    """However content is packed, its bytes come once and in order, in bounded chunks, and line ends are counted."""
    content = content.replace(b"\0", b"0").decode("latin-1").encode()  # text in UTF-8, which stays as it is
    stream = opened_stream("papers", io.BytesIO(pack(content)), 1000)
    if looks:
        assert stream.head() == stream.head() == content[:HEAD_BYTES]
    chunks = list(_whole(stream))
    assert b"".join(chunks) == content.removeprefix(b"\xef\xbb\xbf")
    assert max(map(len, chunks), default=0) <= CHUNK_BYTES
    assert (stream.newlines, stream.record_bytes, stream.damaged) == (content.count(b"\n"), 1000, False)


def test_damage_in_the_head_is_said_after_what_came_before_it() -> None:
    """The look itself fails not; reading gives the whole part, then the same error however often one asks."""
    content = gzip.compress(LINES[:50_000])
    stream = opened_stream("papers.gz", io.BytesIO(content[:-100]), 1000)
    head = stream.head()
    assert stream.damaged and len(head) > 10_000 and LINES.startswith(head)
    read = stream.read()
    while len(read) < len(head):
        read += stream.read()
    assert read == head
    for _ in range(2):
        with pytest.raises(DamagedInput, match=r"papers\.gz is damaged or cut off.*Get a complete copy"):
            stream.read()


@pytest.mark.parametrize("error", [OSError("disk"), EOFError("end"), zlib.error("bad"), RuntimeError("password")])
def test_whatever_unpacking_raises_is_damage(error: Exception) -> None:
    """Its reason is in the sentence."""

    def chunks() -> Iterator[bytes]:
        yield b"one"
        raise error

    stream = ByteStream("papers", chunks())
    assert stream.read() == b"one"
    with pytest.raises(DamagedInput, match=str(error)):
        stream.read()


def test_a_guess_of_the_encoding_is_said_once_when_the_content_is_read(caplog: pytest.LogCaptureFixture) -> None:
    """Not at a look, which may be one of many at a folder."""
    stream = opened_stream("papers.csv", io.BytesIO("Gänse\n".encode("cp1252")), 1000)
    assert stream.head() == "Gänse\n".encode()
    assert not caplog.messages and stream.encoding.name == "cp1252"
    assert list(_whole(stream)) == ["Gänse\n".encode()]
    assert caplog.messages == [f"papers.csv: {GUESS}"]


def test_a_plain_file_is_sought_in_itself(tmp_path: Path) -> None:
    """Without a copy on the disk."""
    path = tmp_path / "papers"
    path.write_bytes(b"PAR1 and more")
    with OpenInput(path) as stream, stream.seekable() as file:
        assert file.read() == b"PAR1 and more"
        assert file.seek(5) == 5 and file.name == str(path)


def test_a_file_that_goes_while_it_is_read_is_damaged(tmp_path: Path) -> None:
    """A format that has to seek opens it once more, and finds it gone: a sentence, no error of the system."""
    path = tmp_path / "papers.bin"
    path.write_bytes(b"0123456789")
    with OpenInput(path) as stream:
        stream.head()
        path.unlink()
        with pytest.raises(
            DamagedInput, match=r"papers\.bin cannot be opened any more \(No such file or directory\)\.$"
        ):
            stream.seekable()


def test_compressed_content_is_copied_to_be_sought_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy has all of it, from its start, and says where no room for it is."""
    path = tmp_path / "papers.gz"
    path.write_bytes(gzip.compress(b"PAR1 and more" * 10_000))
    with OpenInput(path) as stream:
        stream.head()
        with stream.seekable() as file:
            assert file.read() == b"PAR1 and more" * 10_000

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with (
        OpenInput(path) as stream,
        pytest.raises(AreatagError, match=r"papers\.gz cannot.*No space left.*TMPDIR"),
    ):
        stream.seekable()


def test_a_file_is_closed_and_standard_input_is_left_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who started the program may go on reading from it."""
    (tmp_path / "papers").write_bytes(b"{}")
    opened = OpenInput(tmp_path / "papers")
    with opened:
        pass
    assert opened._file.closed
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"text")))
    with OpenInput(None) as stream:
        assert (stream.name, stream.read()) == ("-", b"text")
    assert not sys.stdin.buffer.closed


def test_a_name_that_is_no_text_can_be_shown(tmp_path: Path) -> None:
    """File names are bytes, and messages are not."""
    path = tmp_path / os.fsdecode(b"g\xe4nse.jsonl")
    path.write_bytes(b"{}")
    with OpenInput(path) as stream:
        assert stream.name.endswith("g?nse.jsonl")


class _Heard(InputWatch):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.warnings: list[tuple[str, str]] = []
        self.size = 0

    def warn(self, name: str, sentence: str) -> None:
        self.warnings.append((name, sentence))

    def received(self, size: int) -> None:
        self.size += size


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in an archive"])
def test_a_watch_is_told_of_warnings_and_of_all_content(
    packed: bool, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Members of archives too; then the log is told nothing."""
    content = b"title;text\n" + "Étoiles;Elles brûlent.\n".encode("cp1252") * 9
    file, name = io.BytesIO(content), "x.csv"
    if packed:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        file.seek(0)
        name = "x.zip/x.csv"
    heard = _Heard()
    stream = opened_stream(name.partition("/")[0], file, watch=heard)
    assert [type(record) for record in stream_papers(stream)] == [Paper] * 9
    assert {said for said, _ in heard.warnings} == {name}
    assert len(heard.warnings) == 1
    assert heard.size > len(content)  # as UTF-8
    assert caplog.text == ""


def test_content_that_can_be_opened_anew_is_not_copied_to_seek_in_it() -> None:
    """Unless it is compressed; and of what breaks off, no half copy stays open."""
    content = b"PAR1 and so on"
    plain = opened_stream("x", io.BytesIO(content), reopen=lambda: io.BytesIO(content))
    with plain.seekable() as file:
        assert isinstance(file, io.BytesIO)
    packed = gzip.compress(content)
    unpacked = opened_stream("x", io.BytesIO(packed), reopen=lambda: io.BytesIO(packed))
    with unpacked.seekable() as file:
        assert file.read() == content
    cut = gzip.compress(bytes(range(256)) * 4000, 1)[:-9]
    with pytest.raises(DamagedInput):  # and a file that is not closed would be a warning, which is an error here
        opened_stream("x", io.BytesIO(cut), reopen=lambda: io.BytesIO(cut)).seekable()
    gc.collect()
