"""Reading papers: what holds for every format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.errors import UsageError
from data.papers import Paper, Reject
from data.readers import InputFormat, read_papers, read_records
from data.readers.inputs import Source
from data.readers.reading import paper_of, stream_records
from data.readers.records import Record
from data.readers.sources import ByteStream

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]


def test_the_format_can_be_named(read_content: ReadContent, titles: Titles) -> None:
    """input_format overrides what the content looks like."""
    assert titles(read_content('{"title": "A"}\nx', InputFormat.JSONL)) == ["A", 2]
    assert isinstance(read_content("title\nA", InputFormat.JSONL)[0], Reject)


def test_nothing_is_read_before_the_first_paper_is_asked_for(tmp_path: Path, titles: Titles) -> None:
    """What is wrong with an input is said at once; its records come one after the other."""
    path = tmp_path / "papers.jsonl"
    path.write_text('{"title": "A"}\n')
    papers = read_papers([path])
    path.write_text('{"title": "B"}\n{"title": "C"}\n')
    assert titles(list(papers)) == ["B", "C"]


def test_a_file_that_vanished_is_one_reject(tmp_path: Path, titles: Titles) -> None:
    """The inputs after it are read."""
    for name in "ab":
        (tmp_path / name).write_text(f'{{"title": "{name}"}}')
    papers = read_papers([tmp_path / "a", tmp_path / "b"])
    (tmp_path / "a").unlink()
    records = list(papers)
    assert titles(records) == [1, "b"]
    assert isinstance(records[0], Reject) and records[0].file == str(tmp_path / "a")
    assert "cannot be opened (No such file" in records[0].reason


def test_records_have_all_their_fields(tmp_path: Path) -> None:
    """Also those that are no papers, which only `read_papers` refuses."""
    path = tmp_path / "papers.jsonl"
    path.write_text('{"title": "A", "shelf": 7}\n{"shelf": 8}\n')
    first, second = read_records([path])
    assert isinstance(first, Record) and first.fields == {"title": "A", "shelf": 7}
    assert isinstance(second, Record) and (second.line, second.fields) == (2, {"shelf": 8})
    rejected = paper_of(second)
    assert isinstance(rejected, Reject) and (rejected.file, rejected.line) == (str(path), 2)
    assert rejected.excerpt == "shelf: 8"


def test_an_excerpt_shows_the_first_fields() -> None:
    """Five of them, each cut, since a record may have hundreds of any length."""
    rejected = paper_of(Record("f", 1, {f"s{number}": "x" for number in range(9)}))
    assert isinstance(rejected, Reject) and rejected.excerpt == "s0: x, s1: x, s2: x, s3: x, s4: x"
    rejected = paper_of(Record("f", 1, {"shelf": "x" * 100}))
    assert isinstance(rejected, Reject) and rejected.excerpt == "shelf: " + "x" * 40


@pytest.mark.parametrize(("content", "said"), [(b"", "is empty"), (b"Nothing that we know.", "no known format")])
def test_what_cannot_be_read_stops_the_run_only_where_it_was_named(content: bytes, said: str) -> None:
    """A file of a folder is one reject."""

    def stream() -> ByteStream:
        return ByteStream("x", iter([content] if content else []))

    with pytest.raises(UsageError, match=said):
        list(stream_records(Source("x", None, None), stream()))
    (rejected,) = stream_records(Source("x", None, None, named=False), stream())
    assert isinstance(rejected, Reject) and (rejected.file, rejected.line) == ("x", 1) and said in rejected.reason


def test_damage_is_a_reject_in_the_line_where_it_begins() -> None:
    """Also where the format could not be told, so that no reader ever began."""

    def chunks(*whole: bytes) -> Iterator[bytes]:
        yield from whole
        raise EOFError("it ends too early")

    source = Source("x", None, None)
    first, second, rejected = stream_records(source, ByteStream("x", chunks(b'{"title": "A"}\n', b'{"title": "B"}\n')))
    assert isinstance(first, Record) and isinstance(second, Record)
    assert isinstance(rejected, Reject) and rejected.line == 3 and "it ends too early" in rejected.reason
    (rejected,) = stream_records(source, ByteStream("x", chunks(b"\n")))
    assert isinstance(rejected, Reject) and rejected.line == 2
