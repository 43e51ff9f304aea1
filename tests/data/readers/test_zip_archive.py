"""Tests of data.readers.zip_archive."""

import gzip
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import UsageError
from data.papers import Paper, Reject
from data.readers import read_papers
from data.readers.sources import ByteStream
from data.readers.zip_archive import read

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


EXPORTS = {
    "z/a.bib": b"@misc{a, title={A}}",
    "__MACOSX/z/._a.bib": b"\0\5\x16\7",
    "z/.hidden.jsonl": b'{"title": "hidden"}',
    "README.md": b"# Geese\n",
    "b.csv": b"title\nB\n",
    "c.jsonl.gz": gzip.compress(b'{"title": "C"}\n{bad\n'),
    "logo.png": b"\x89PNG\r\n\x1a\n",
    "d.ris": b"TY  - JOUR\nTI  - D\nER  - \n",
}


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_in_their_own_formats(read_content: ReadContent, titles: Titles, compression: int) -> None:
    """They come in their order, with their names in rejects; hidden ones and other files are left out."""
    records = read_content(packed(EXPORTS, compression), name="exports.zip")
    assert titles(records) == ["A", "B", "C", 2, "D"]
    assert isinstance(records[3], Reject) and records[3].file.endswith("exports.zip/c.jsonl.gz")


def test_from_a_pipe(monkeypatch: pytest.MonkeyPatch, titles: Titles) -> None:
    """Standard input, which cannot seek, is read too."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed(EXPORTS))))
    assert titles(list(read_papers(["-"]))) == ["A", "B", "C", 2, "D"]


def test_in_a_folder(tmp_path: Path, titles: Titles) -> None:
    """An archive among other files is read in its place."""
    (tmp_path / "a.zip").write_bytes(packed({"a.jsonl": b'{"title": "A"}'}))
    (tmp_path / "b.jsonl").write_text('{"title": "B"}')
    assert titles(list(read_papers([tmp_path]))) == ["A", "B"]


def test_an_archive_without_papers(read_content: ReadContent) -> None:
    """It is an error that says so, as an empty folder is."""
    with pytest.raises(UsageError, match="no file with papers"):
        read_content(packed({"README.md": b"# Geese\n", "empty.csv": b""}))


def test_an_archive_in_an_archive(read_content: ReadContent, titles: Titles) -> None:
    """It is rejected with what to do; the other members are read."""
    records = read_content(packed({"in.zip": packed(EXPORTS), "b.csv": b"title\nB\n"}))
    assert titles(records) == [1, "B"] and "unpack the outer one" in str(records[0])


def test_damage_stays_in_its_member(read_content: ReadContent, titles: Titles) -> None:
    """A member that cannot be unpacked is one Reject after what could be read of it."""
    content = bytearray(packed({"a.csv": b"title\n" + b"A\n" * 3, "b.csv": b"title\nB\n"}, zipfile.ZIP_STORED))
    content[content.index(b"A\nA\n")] = ord("X")
    records = read_content(bytes(content))
    assert titles(records)[-1] == "B" and any(isinstance(item, Reject) and "CRC" in item.reason for item in records)
    assert all(isinstance(item, Reject) for item in read_content(bytes(content[:-30])))


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 255))
def test_no_damage_raises(noise: bytes, position: int, byte: int) -> None:
    """Whatever is wrong with an archive, it is a Reject or a usage error."""
    content = bytearray(packed({"a.csv": b"title\nA\n", "b.txt": noise}))
    content[position % len(content)] = byte
    try:
        list(read(ByteStream("x.zip", iter([bytes(content)]))))
    except UsageError as error:
        assert "x.zip" in str(error)
