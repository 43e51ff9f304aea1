"""Files and streams that labels are written to."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from data.errors import AreatagError, UsageError
from data.papers import Reject
from model.tags import TagOptions, TagResult
from serving.batch.counts import Counts
from serving.batch.outputs import StreamOutput, WorkFile, is_stream
from serving.batch.writers import OutputFormat

RESULT = TagResult("p", "Title", (), (), True, (), "v1")
REJECT = Reject("f.jsonl", 1, "bad")
JSONL = OutputFormat.JSONL


def test_work_file_moves_into_place(tmp_path: Path) -> None:
    """A work file stands beside its final place until it is published."""
    file = WorkFile(tmp_path / "out")
    file.cut(0)
    file.append(b"12")
    file.append(b"345")
    assert {path.name for path in tmp_path.iterdir()} == {"out.partial", "out.partial.lock"}
    file.publish(file.size)
    file.close()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_bytes() == b"12345"


def test_work_file_without_content_is_removed(tmp_path: Path) -> None:
    """Publishing nothing leaves nothing, and does not touch the final file."""
    (tmp_path / "out").write_bytes(b"old")
    file = WorkFile(tmp_path / "out")
    file.publish(0)
    file.close()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_bytes() == b"old"


def test_published_twice(tmp_path: Path) -> None:
    """Publishing again after a kill right behind the move does not put an empty file in its place."""
    (tmp_path / "out").write_bytes(b"12345")
    file = WorkFile(tmp_path / "out")
    file.publish(5)
    file.close()
    assert (tmp_path / "out").read_bytes() == b"12345"
    assert not file.path.exists()


def test_two_runs_with_one_output(tmp_path: Path) -> None:
    """The second run that wants to write a file is told so, by whatever name it knows the file."""
    first = WorkFile(tmp_path / "out")
    (tmp_path / "link").symlink_to(tmp_path / "out")
    for name in ("out", "link"):
        with pytest.raises(AreatagError, match="Another run is writing"):
            WorkFile(tmp_path / name)
    first.close()
    WorkFile(tmp_path / "link").close()
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


def test_file_that_cannot_be_created(tmp_path: Path) -> None:
    """A bad path is a usage error that names it."""
    with pytest.raises(UsageError, match="missing"):
        WorkFile(tmp_path / "missing" / "out")


def test_stream_output(tmp_path: Path) -> None:
    """Labels go out at once, with one CSV header; rejects go to the function."""
    stream, rejects = io.BytesIO(), list[Reject]()
    with StreamOutput(stream, "stdout", None, OutputFormat.CSV, TagOptions(), rejects.append) as output:
        output.write([], [REJECT], Counts(1, 0, 1))
        output.write([RESULT], [], Counts(2, 1, 1))
        output.write([RESULT], [], Counts(3, 2, 1))
        output.finish()
    lines = stream.getvalue().decode().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["id", "p", "p"]
    assert rejects == [REJECT]


@pytest.mark.parametrize("rejected", [True, False])
def test_rejected_file_of_a_stream(tmp_path: Path, rejected: bool) -> None:
    """A rejected file holds the rejects of this run, also of a failed one; without rejects there is none."""
    path = tmp_path / "rejected.jsonl"
    path.write_bytes(b"old")
    with StreamOutput(io.BytesIO(), "stdout", path, JSONL, TagOptions(), lambda reject: None) as output:
        output.write([RESULT], [REJECT] * rejected, Counts(1 + rejected, 1, int(rejected)))
    assert path.exists() == rejected
    if rejected:
        assert b'"reason": "bad"' in path.read_bytes()


class Broken(io.BytesIO):
    """A stream that fails."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, data: object) -> int:
        """Fail."""
        raise self.error


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (OSError(28, "No space left on device"), AreatagError),
        (BrokenPipeError(32, "Broken pipe"), BrokenPipeError),
    ],
)
def test_stream_that_fails(raised: OSError, expected: type[Exception]) -> None:
    """A full device is an error for people; a closed pipe stays what it is."""
    output = StreamOutput(Broken(raised), "stdout", None, JSONL, TagOptions(), lambda reject: None)
    with pytest.raises(expected):
        output.write([RESULT], [], Counts(1, 1))


def test_is_stream(tmp_path: Path) -> None:
    """Devices and named pipes are streams; files, folders and missing paths are not."""
    os.mkfifo(tmp_path / "pipe")
    assert is_stream(tmp_path / "pipe") and is_stream(Path("/dev/null"))
    assert not is_stream(tmp_path) and not is_stream(tmp_path / "missing") and not is_stream(Path(__file__))
