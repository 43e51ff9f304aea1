"""From what the user names to the files that are read: order, folders, and what is refused before anything is read."""

from __future__ import annotations

import errno
import gzip
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import IO, Any

import pytest

from data.errors import UsageError
from data.papers import Paper, Reject
from data.readers import InputFormat, read_papers
from data.readers.inputs import Source, check_format, find_sources, format_in_folder, is_hidden
from data.readers.sources import ByteStream

Titles = Callable[[list[Paper | Reject]], list[str | int]]


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


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "README.md",
            "# Our lake\n\nA `title`, an\n`abstract`, `keywords` as authors typed them (in order), `year`\n",
        ),
        (
            "columns.txt",
            "Our lake\n\nA title and an\nabstract, keywords as its authors typed them, the year\n",
        ),
        ("README.md", "| title | what it is |\n|---|---|\n| abstract | a text |\n"),
    ],
)
def test_what_describes_a_folder_is_no_table(tmp_path: Path, titles: Titles, name: str, content: str) -> None:
    """Prose that lists the fields between commas, and tables of documentation, give no papers."""
    (tmp_path / name).write_text(content)
    (tmp_path / "papers.jsonl").write_text('{"title": "Terns"}')
    assert titles(list(read_papers([tmp_path]))) == ["Terns"]


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


@pytest.mark.parametrize("what", ["a folder", "its files", "a link"])
def test_what_nobody_may_look_into_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, titles: Titles, what: str
) -> None:
    """A folder without the right to list it or to enter it, and a link that leads nowhere; the other files are read."""
    closed = tmp_path / "closed"
    closed.mkdir()
    for path in (tmp_path / "a.jsonl", closed / "b.jsonl"):
        path.write_text('{"title": "On geese"}\n')
    scan, look, open_path = os.scandir, Path.stat, Path.open

    def refused(path: object) -> None:
        if (what == "its files" and Path(str(path)).parent == closed) or (what == "a folder" and path == closed):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    def scandir(path: str) -> Any:
        refused(Path(path))
        return scan(path)

    def stat(path: Path, **given: Any) -> os.stat_result:
        refused(path)
        return look(path, **given)

    def opened(path: Path, *given: Any, **named: Any) -> Any:
        refused(path)
        return open_path(path, *given, **named)

    if what == "a link":
        (closed / "b.jsonl").unlink()
        (closed / "b.jsonl").symlink_to(tmp_path / "gone.jsonl")
    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(Path, "stat", stat)
    monkeypatch.setattr(Path, "open", opened)
    paper, reject = read_papers([tmp_path])
    assert isinstance(paper, Paper) and isinstance(reject, Reject)
    assert reject.file == str(closed if what == "a folder" else closed / "b.jsonl")
    why = "No such file or directory" if what == "a link" else "Permission denied"
    assert reject.reason == f"The file cannot be opened ({why})."


def test_standard_input(monkeypatch: pytest.MonkeyPatch, titles: Titles) -> None:
    """Standard input ("-") is read, compressed or not; it can be given once."""
    lines = b'{"title": "Geese and herons"}\n' * 9
    for content in (lines, gzip.compress(lines)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        records = list(read_papers(["-"]))
        assert titles(records) == ["Geese and herons"] * 9
    with pytest.raises(UsageError, match="more than once"):
        read_papers(["-", "-"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(UsageError, match="is empty"):
        list(read_papers(["-"]))


def test_a_source_knows_where_it_comes_from(tmp_path: Path) -> None:
    """What the user named may stop the run; a file of a folder, or an empty one of several, costs a reject."""
    (tmp_path / "lake").mkdir()
    inside, single, empty = tmp_path / "lake" / "a.csv", tmp_path / "b", tmp_path / "empty"
    inside.write_text("title\nA\n")
    single.write_text('{"title": "B"}')
    empty.touch()
    assert find_sources([tmp_path / "lake", str(single), empty, "-"], None) == [
        Source(str(inside), inside, InputFormat.CSV, named=False),
        Source(str(single), single, InputFormat.JSONL),
        Source(str(empty), empty, None, named=False),
        Source("-", None, None),
    ]


def test_a_named_format_holds_for_every_source_without_a_look(tmp_path: Path) -> None:
    """Also for those whose content looks like another, and for empty ones."""
    (tmp_path / "lake").mkdir()
    inside, empty = tmp_path / "lake" / "a.csv", tmp_path / "empty"
    inside.write_text("title\nA\n")
    empty.touch()
    found = find_sources([tmp_path / "lake", empty, "-"], InputFormat.JSONL)
    assert {source.format for source in found} == {InputFormat.JSONL} and len(found) == 3


@pytest.mark.parametrize("name", ["geese/counts", "geese"])
def test_what_is_not_there_is_no_dataset_where_another_format_is_named(name: str) -> None:
    """With the format of datasets any name is one."""
    with pytest.raises(UsageError, match=f"no file or directory {name}; check the path"):
        find_sources([name], InputFormat.CSV)
    assert find_sources([name], InputFormat.HUGGINGFACE) == [Source(name, None, InputFormat.HUGGINGFACE)]


def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, titles: Titles) -> None:
    """Named, it stops the call; in a folder it is one reject, if its name says that it has papers."""
    for name in ("a.jsonl", "b.jsonl", "notes.md"):
        (tmp_path / name).write_text('{"title": "A"}')
    real = Path.open

    def refuse(path: Path, mode: str) -> IO[Any]:
        if path.name != "a.jsonl":
            raise PermissionError(13, "Permission denied")
        return real(path, mode)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError, match=r"b\.jsonl cannot be read: Permission denied"):
        find_sources([tmp_path / "b.jsonl"], None)
    records = list(read_papers([tmp_path]))
    assert titles(records) == ["A", 1] and "cannot be opened (Permission denied)" in str(records[1])


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("papers", b'{"title": "A"}', (True, InputFormat.JSONL)),
        ("logo.png", b"\x89PNG\r\n\x1a\n", (False, None)),
        ("table.CSV", b"height,width\n", (True, None)),
        ("table.csv.gz", b"height,width\n", (True, None)),
        ("notes.gz", b"height,width\n", (False, None)),
        ("empty.csv", b" \n", (False, None)),
        ("papers.zip", b"PK\x03\x04", (True, InputFormat.ZIP)),
        ("document.odt", b"PK\x03\x04", (False, InputFormat.ZIP)),
    ],
)
def test_which_files_among_others_are_meant(
    name: str, content: bytes, expected: tuple[bool, InputFormat | None]
) -> None:
    """Content of a known format, and names that promise papers; many documents are zip archives and are none."""
    assert format_in_folder(PurePath(name), ByteStream(name, iter([content]))) == expected


def test_content_decides_what_is_said_of_an_unknown_format() -> None:
    """The sentence names the formats; of damaged content nothing is said before it is read."""
    with pytest.raises(UsageError, match=r"The input x is in no known format; .*jsonl.* must be a header"):
        check_format("x", b"Nothing that we know.", damaged=False)
    assert check_format("x", b"", damaged=True) is None
    assert check_format("x", b"Nothing that we know.", damaged=True) is None
    with pytest.raises(UsageError, match="is empty"):
        check_format("x", b" \r\n\t", damaged=False)
    with pytest.raises(UsageError) as refused:
        check_format("x", b"%PDF-1.7", damaged=False)
    assert "in no known format" not in str(refused.value)


@pytest.mark.parametrize(("name", "hidden"), [(".git", True), ("_SUCCESS", True), ("a_b.csv", False), ("a.b", False)])
def test_what_is_hidden(name: str, hidden: bool) -> None:
    """By its first character."""
    assert is_hidden(name) is hidden


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_an_empty_name_is_not_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A variable of a script that was not set must not read whatever lies around."""
    (tmp_path / "papers.jsonl").write_text('{"title": "A harbour"}')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="An input has an empty name"):
        find_sources([name], None)
    assert [source.path for source in find_sources(["."], None)] == [Path("papers.jsonl")]
