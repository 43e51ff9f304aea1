"""Tests of data.readers.reading, inputs, sources, detect and huggingface: what holds for every format."""

import bz2
import gzip
import io
import lzma
import os
import re
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from data.errors import UsageError
from data.papers import Paper, Reject
from data.readers import InputFormat, huggingface, read_papers
from data.readers.detect import detect_format
from data.readers.lines import bounded_lines
from data.readers.sources import ByteStream

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]

LINES = "".join(f'{{"title": "Paper {number} on geese and herons"}}\n' for number in range(20_000)).encode()


def small_blocks(content: bytes) -> bytes:
    """Return bzip2, of which a block that is cut off is lost, in blocks of 100 kB."""
    return bz2.compress(content, 1)


compressions = pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress, small_blocks, lzma.compress])


@compressions
def test_compressed_whole_and_joined(read_content: ReadContent, compress: Callable[[bytes], bytes]) -> None:
    """Several members or frames after one another are one input."""
    assert len(read_content(compress(LINES))) == 20_000
    joined = compress(LINES[:1000]) + compress(LINES[1000:2000]) + compress(b"") + compress(LINES[2000:])
    assert len(read_content(joined)) == 20_000


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
    assert len(records) == 20_001 and isinstance(records[-1], Reject)


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
    assert len(read_content(gzip.compress(LINES) + bytes(600))) == 20_000


def test_a_cut_row_is_not_read_as_a_short_one(read_content: ReadContent) -> None:
    """The row in which the compressed data ends is not taken for a paper with a shorter abstract."""
    rows = b"title,abstract\n" + b"".join(b"T%d,some abstract %d end\n" % (n, n * n) for n in range(20_000))
    content = gzip.compress(rows)
    *papers, rejected = read_content(content[: len(content) // 2])
    assert isinstance(rejected, Reject)
    assert all(isinstance(item, Paper) and item.abstract.endswith(" end") for item in papers)


def test_inputs_come_in_order_and_directories_sorted(tmp_path: Path, titles: Titles) -> None:
    """Files of a directory are read in the order of their paths, without hidden and unknown ones."""
    for name in (
        "b/2.jsonl",
        "b/1.json",
        "a.csv",
        ".hidden.jsonl",
        "b/.git/x.jsonl",
        "_SUCCESS",
        "last.jsonl",
    ):
        path = tmp_path / "lake" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"title\n{name}" if name.endswith("csv") else f'{{"title": "{name}"}}')
    (tmp_path / "lake/README.md").write_text("# Title\n\nWhat this is.")
    (tmp_path / "lake/logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "lake/part-3.jsonl").write_text("")
    single = tmp_path / "single"
    single.write_text('{"title": "single"}')
    found = titles(list(read_papers([single, tmp_path / "lake", str(single)])))
    assert found == ["single", "a.csv", "last.jsonl", "b/1.json", "b/2.jsonl", "single"]


def test_a_data_file_of_no_known_format_in_a_directory_is_reported(tmp_path: Path, titles: Titles) -> None:
    """A file that should have papers, going by its name, does not vanish silently."""
    (tmp_path / "a.jsonl").write_text('{"title": "A"}')
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"height,width\n1,2\n"))
    records = list(read_papers([tmp_path]))
    assert titles(records) == ["A", 1]
    assert isinstance(records[1], Reject) and records[1].file.endswith("b.csv.gz")


def test_usage_errors_come_before_anything_is_read(tmp_path: Path) -> None:
    """A missing or unknown input, or an empty one alone, stops the call itself with a sentence that names it."""
    good = tmp_path / "good"
    good.write_text('{"title": "A"}')
    empty, blank, unknown = tmp_path / "empty", tmp_path / "blank", tmp_path / "unknown"
    empty.write_text("")
    blank.write_text("\n  \n")
    unknown.write_text("Nothing that we know.")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.md").write_text("Notes.")
    for bad, words in [
        (empty, "is empty"),
        (blank, "is empty"),
        (unknown, "no known format"),
        (tmp_path / "folder", "no file with papers"),
        (tmp_path / "missing.jsonl", "There is no file or directory"),
    ]:
        with pytest.raises(UsageError, match=words) as caught:
            read_papers([bad] if words == "is empty" else [good, bad])
        assert str(bad) in str(caught.value)


def test_an_empty_file_among_others_is_one_reject(tmp_path: Path, titles: Titles) -> None:
    """A lake's empty part files do not stop the others."""
    good, empty = tmp_path / "good", tmp_path / "empty"
    good.write_text('{"title": "A"}')
    empty.write_text("")
    records = list(read_papers([good, empty, good]))
    assert titles(records) == ["A", 1, "A"]
    assert isinstance(records[1], Reject) and "is empty" in records[1].reason


def test_the_format_can_be_named(read_content: ReadContent, titles: Titles) -> None:
    """input_format overrides what the content looks like."""
    assert titles(read_content('{"title": "A"}\nx', InputFormat.JSONL)) == ["A", 2]
    assert isinstance(read_content("title\nA", InputFormat.JSONL)[0], Reject)


def test_standard_input(monkeypatch: pytest.MonkeyPatch, titles: Titles) -> None:
    """Standard input ("-") is read, compressed or not; it can be given once."""
    for content in (LINES[:500], gzip.compress(LINES[:500])):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        records = list(read_papers(["-"]))
        assert titles(records)[0] == "Paper 0 on geese and herons"
    with pytest.raises(UsageError, match="more than once"):
        read_papers(["-", "-"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(UsageError, match="is empty"):
        list(read_papers(["-"]))


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


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"PAR1\x15", InputFormat.PARQUET),
        (b' {"title": "A"}', InputFormat.JSONL),
        (b'[{"title": "A"}]', InputFormat.JSON),
        (b"<feed><entry>", InputFormat.FEED),
        (b"<?xml version='1.0'?><rss><channel>", InputFormat.FEED),
        (b"<OAI-PMH><ListRecords>", InputFormat.OAI_PMH),
        (b"<!DOCTYPE PubmedArticleSet><PubmedArticleSet>", InputFormat.PUBMED_XML),
        (b"<article><front><article-meta>", InputFormat.JATS),
        (b"<xml><records><record>", InputFormat.ENDNOTE_XML),
        (b"<dblp><article key='a'>", InputFormat.DBLP_XML),
        (b"% lib\n@article{key,\n", InputFormat.BIBTEX),
        (b"\r\nTY  - JOUR\r\n", InputFormat.RIS),
        (b"\nPMID- 90000001\nOWN - NLM\n", InputFormat.NBIB),
        (b"%0 Journal Article\n%T A\n", InputFormat.ENW),
        (b"%A Doe, A.\r%T A\r", InputFormat.ENW),
        (b"% a comment\n%TITLE\n", None),
        (b"FN Clarivate\nVR 1.0\nPT J\n", InputFormat.WOS),
        (b"new\n\nDaily Papers\n", InputFormat.DAILY_PAPERS),
        (b"id,Title\n", InputFormat.CSV),
        (b"<html><body>Title</body></html>", None),
        (b"%PDF-1.4", None),
        (b"Abstracts of the meeting\n", None),
        (b"", None),
    ],
)
def test_formats_are_told_apart(head: bytes, expected: InputFormat | None) -> None:
    """Content alone says what it is."""
    assert detect_format(head) is expected


@given(st.binary(max_size=300), st.sampled_from([None, *InputFormat]))
def test_no_content_raises_anything_else(content: bytes, input_format: InputFormat | None) -> None:
    """Whatever bytes come, they give records, Rejects or a UsageError."""
    stream = ByteStream("x", iter([content] if content else []))
    found = input_format or detect_format(content)
    if found and found is not InputFormat.HUGGINGFACE:
        for record in found.reader.read(stream):
            assert record.line >= 1


@given(st.lists(st.binary(max_size=12)), st.integers(1, 9))
def test_lines_do_not_depend_on_chunks(chunks: list[bytes], limit: int) -> None:
    """Lines, their numbers and which are overlong are those of the joined content."""
    content = b"".join(chunks)
    expected = content.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    lines = list(bounded_lines(ByteStream("x", iter([chunk for chunk in chunks if chunk]), limit)))
    assert [line.number for line in lines] == list(range(1, len(expected) + 1))
    assert [line.overlong for line in lines] == [len(line) > limit for line in expected]
    assert all(
        line.data == text.removesuffix(b"\r") for line, text in zip(lines, expected, strict=True) if not line.overlong
    )


@given(st.lists(st.text("ab\r\n", min_size=1)))
def test_lines_may_end_with_carriage_returns(chunks: list[str]) -> None:
    """LF, CR LF and CR end lines, wherever chunks end; no other character does."""
    expected = re.split("\r\n|\r|\n", "".join(chunks))
    if expected[-1] == "":
        expected.pop()
    stream = ByteStream("x", iter([chunk.encode() for chunk in chunks]))
    assert [line.data.decode() for line in bounded_lines(stream, carriage_returns=True)] == expected


def test_without_datasets_the_error_says_how_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset name where the library is missing is explained."""
    monkeypatch.setattr(huggingface, "is_installed", lambda: False)
    with pytest.raises(UsageError, match=r"pip install 'areatag\[train\]'"):
        read_papers(["geese/counts"])
    with pytest.raises(UsageError, match=r"pip install 'areatag\[train\]'"):
        list(read_papers(["geese/counts"], InputFormat.HUGGINGFACE))


def test_a_saved_dataset(tmp_path: Path) -> None:
    """A directory of save_to_disk is read split by split, numbered from 1."""
    datasets = pytest.importorskip("datasets")
    rows = datasets.Dataset.from_list([{"title": "A", "year": 2020}, {"title": None, "year": 2021}])
    datasets.DatasetDict({"train": rows, "test": rows.select([0])}).save_to_disk(tmp_path / "saved")
    first, second, third = read_papers([tmp_path / "saved"])
    assert isinstance(first, Paper) and (first.title, first.date) == ("A", "2020")
    assert isinstance(second, Reject) and second.line == 2 and second.file.endswith("saved[train]")
    assert isinstance(third, Paper)
