"""Tests of data.readers.parquet."""

import datetime
import gzip
import io
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import InputFormat, parquet, read_papers
from data.readers.records import Record
from data.readers.sources import opened_stream

ReadContent = Callable[..., list[Paper | Reject]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a small file with columns of several types."""
    table = pa.table(
        {
            "Id": [1, 2, None],
            "title": ["Counting geese", None, "Herons"],
            "abstract": ["We count.", None, None],
            "categories": [["cs.CV", "stat.ML"], [], None],
            "date": [datetime.datetime(2024, 5, 6), None, None],
            "embedding": [[0.5] * 4] * 3,
        }
    )
    path = tmp_path / "papers.parquet"
    pq.write_table(table, path, row_group_size=2)
    return path


def test_rows_become_papers(path: Path) -> None:
    """Numbers, lists, times and nulls are taken over; a row without text is rejected with its number."""
    first, second, third = read_papers([path])
    assert first == Paper("1", "Counting geese", "We count.", ("cs.CV", "stat.ML"), "2024-05-06")
    assert isinstance(second, Reject) and second.line == 2
    assert isinstance(third, Paper) and third.title == "Herons" and third.id.startswith("sha1:")


def test_compressed_parquet(path: Path, read_content: ReadContent) -> None:
    """A .gz of a Parquet file is read, although the format needs to seek."""
    assert len(read_content(gzip.compress(path.read_bytes()))) == 3


def test_damaged_files(path: Path, read_content: ReadContent) -> None:
    """A file that is cut off, or something else, is one Reject; nothing is raised."""
    content = path.read_bytes()
    for bad in (content[:-20], b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"title\nA"):
        (rejected,) = read_content(bad, InputFormat.PARQUET)
        assert isinstance(rejected, Reject)
        assert "not a whole Parquet file" in rejected.reason


def test_a_damaged_row_group_leaves_the_others(tmp_path: Path, read_content: ReadContent) -> None:
    """What can be read of a file with a bad page is read."""
    table = pa.table({"title": [f"Paper {n}" for n in range(30)]})
    path = tmp_path / "whole.parquet"
    pq.write_table(table, path, row_group_size=10, compression="gzip", use_dictionary=False)
    start = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    content = bytearray(path.read_bytes())
    content[start : start + 40] = bytes(40)
    records = read_content(bytes(content))
    assert [item.title for item in records if isinstance(item, Paper)] == [
        f"Paper {n}" for n in range(30) if not 10 <= n < 20
    ]
    assert [item.line for item in records if isinstance(item, Reject)] == [11]


def test_text_that_is_not_utf8_rejects_its_row(tmp_path: Path) -> None:
    """One value that cannot be decoded does not cost the rest of its batch."""
    raw = pa.array([b"A", b"caf\xe9", b"B"], pa.binary())
    path = tmp_path / "papers.parquet"
    pq.write_table(pa.table({"title": raw.view(pa.string())}), path)
    records = list(read_papers([path]))
    assert [type(item) for item in records] == [Paper, Reject, Paper]
    assert isinstance(records[1], Reject) and records[1].line == 2


def test_no_paper_column(tmp_path: Path) -> None:
    """A table of something else is one Reject that names its columns."""
    path = tmp_path / "numbers.parquet"
    pq.write_table(pa.table({"height": [1.5], "width": [2.5]}), path)
    (rejected,) = read_papers([path])
    assert isinstance(rejected, Reject) and "height, width" in rejected.reason


@pytest.mark.parametrize("damaged", [False, True])
@given(cuts=st.lists(st.integers(1, 31), max_size=4))
def test_ranges_of_rows_have_every_row_once(damaged: bool, cuts: list[int]) -> None:
    """With its number, whatever row groups they cross; the reject of damaged rows is in one of them."""
    content = _thirty_rows(damaged)
    bounds = [1, *sorted(cuts), 31]
    parts = [_rows(content, range(first, stop)) for first, stop in pairwise(bounds)]
    assert [row for part in parts for row in part] == _rows(content, None)


@cache
def _thirty_rows(damaged: bool) -> bytes:
    file = io.BytesIO()
    table = pa.table({"title": [f"Paper {n}" for n in range(1, 31)]})
    pq.write_table(table, file, row_group_size=7, compression="none", use_dictionary=False)
    content = bytearray(file.getvalue())
    if damaged:
        chunk = pq.ParquetFile(file).metadata.row_group(1).column(0)
        content[chunk.data_page_offset : chunk.data_page_offset + 8] = b"\xff" * 8
    return bytes(content)


def _rows(content: bytes, rows: range | None) -> list[tuple[int, object]]:
    stream = opened_stream("x", io.BytesIO(content), reopen=lambda: io.BytesIO(content))
    return [
        (one.line, one.fields["title"] if isinstance(one, Record) else one.reason) for one in parquet.read(stream, rows)
    ]
