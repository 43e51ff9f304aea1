"""Writing a file completely or not at all."""

import errno
import io
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.atomic import atomic_path, atomic_text, atomic_write, sync_folder
from data.errors import AreatagError, UsageError
from tests.support.power_loss import power_cuts, record, strace_works
from tests.support.recorded_syncs import record_syncs

ROOT = Path(__file__).parents[2]
REWRITING = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from data.atomic import atomic_write

for text in ("first", "second" * 2000, "third"):
    with atomic_write(Path(sys.argv[1])) as stream:
        stream.write(text.encode())
    print(text, flush=True)
"""


def _write(path: Path, content: bytes) -> None:
    with atomic_write(path) as stream:
        stream.write(content)


def test_the_file_appears_with_its_content_and_nothing_else(tmp_path: Path) -> None:
    """Only the finished file is left in the folder, readable as the umask allows."""
    _write(tmp_path / "out", b"new")
    plain = tmp_path / "plain"
    plain.touch()
    assert (tmp_path / "out").read_bytes() == b"new"
    assert (tmp_path / "out").stat().st_mode == plain.stat().st_mode
    assert {path.name for path in tmp_path.iterdir()} == {"out", "plain"}


def test_a_failing_block_leaves_the_old_file(tmp_path: Path) -> None:
    """An exception in the block passes through; the old content stays and no partial file is left."""
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="of the block"), atomic_write(path) as stream:
        stream.write(b"half")
        raise OSError(errno.EIO, "of the block")
    assert isinstance(stream, io.BufferedWriter) and stream.raw.closed
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("number", "advice"), [(errno.ENOSPC, "disk is full"), (errno.EDQUOT, "quota")])
@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_full_disk_is_an_error_that_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, advice: str, size: int
) -> None:
    """Whether the disk fills up in the block or at its end, no partial file is left."""
    full = OSError(number, os.strerror(number))

    def refuse(*_: object) -> int:
        raise full

    path = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(AreatagError, match=rf"Writing .*out failed: .*{advice}") as caught:
            _write(path, b"x" * size)
    assert not isinstance(caught.value, UsageError)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A named pipe that all may use; root's tests leave real devices alone, which a fault could replace."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    path.chmod(0o666)
    return path


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_pipe_is_written_directly(pipe: Path, size: int) -> None:
    """It is not replaced by a file, nor closed to others."""
    with ThreadPoolExecutor(1) as thread:
        read = thread.submit(pipe.read_bytes)
        _write(pipe, b"x" * size)
        assert read.result() == b"x" * size
    assert pipe.is_fifo() and pipe.stat().st_mode & 0o777 == 0o666


def test_errors_of_a_pipe_are_explained(pipe: Path) -> None:
    """A write that fails in the kernel names the path."""
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(AreatagError, match=r"Writing .*pipe failed: Broken pipe"), atomic_write(pipe) as stream:
        os.close(reader)
        stream.write(b"x" * 3_000_000)
    assert pipe.is_fifo()


@pytest.mark.skipif(os.geteuid() == 0 or not Path("/dev/full").exists(), reason="needs /dev/full, and not to be root")
@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_full_device_is_explained(size: int) -> None:
    """Whether the kernel says so in the block or at its end."""
    with pytest.raises(AreatagError, match="/dev/full failed: the disk is full"):
        _write(Path("/dev/full"), b"x" * size)


def test_impossible_paths_are_usage_errors(tmp_path: Path) -> None:
    """A missing folder, a folder, a file as folder and an overlong name say what to do."""
    (tmp_path / "file").touch()
    for path, advice in (
        (tmp_path / "none" / "out", "create the folder"),
        (tmp_path, "it is a folder"),
        (tmp_path / "file" / "out", "part of the path is a file"),
        (tmp_path / ("x" * 300), "name is too long"),
    ):
        with pytest.raises(UsageError, match=advice):
            _write(path, b"")


def test_a_read_only_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without write permission is kept although its folder would allow a rename."""
    path = tmp_path / "out"
    path.touch(mode=0o444)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    with pytest.raises(UsageError, match="permission denied"):
        _write(path, b"new")
    assert path.read_bytes() == b""


def test_a_name_that_cannot_be_given_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rename fails in the end; nothing is left of the new file."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(AreatagError, match=r"Writing .*out failed: Input/output error; check the disk"):
        _write(tmp_path / "out", b"new")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_call_left_under_a_name_is_taken_over(tmp_path: Path) -> None:
    """Whatever is in it, and nothing stays."""
    (tmp_path / "out.new").write_bytes(b"more than enough of an earlier call")
    with atomic_write(tmp_path / "out", tmp_path / "out.new") as stream:
        stream.write(b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_bytes() == b"new"


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    """Of file or folder."""

    def opened() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    before = opened()
    _write(tmp_path / "out", b"new")
    sync_folder(tmp_path)
    with atomic_path(tmp_path / "out"):
        pass
    assert opened() == before


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_links_and_permissions_are_kept(tmp_path: Path, mode: int) -> None:
    """A symbolic link still points to the file, which keeps its permissions."""
    path, link = tmp_path / "file", tmp_path / "link"
    path.touch()
    path.chmod(mode)
    link.symlink_to(path)
    _write(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == mode


def test_text_is_utf8_with_the_newlines_as_given(tmp_path: Path) -> None:
    """Text reaches the file without a flush by the caller."""
    with atomic_text(tmp_path / "out") as stream:
        stream.write("é\r\n\n")
    assert (tmp_path / "out").read_bytes() == "é\r\n\n".encode()


def test_a_wrapper_may_close_the_stream(tmp_path: Path) -> None:
    """Libraries that close what they write to do no harm."""
    with atomic_write(tmp_path / "out") as stream, io.TextIOWrapper(stream) as text:
        text.write("x")
    assert (tmp_path / "out").read_bytes() == b"x"


def test_what_lies_under_the_home_is_for_its_owner(own_home: Path) -> None:
    """Whatever the umask, while it is written and afterwards, and where others could read the file before."""
    own_home.mkdir()
    (own_home / "old").touch(mode=0o644)
    before = os.umask(0)
    try:
        for name in ("old", "new"):
            with atomic_write(own_home / name) as stream:
                stream.write(b"x")
                assert {path.stat().st_mode & 0o077 for path in own_home.glob(".areatag-*")} == {0}
            assert (own_home / name).stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


def test_a_private_file_is_private_while_it_is_replaced(tmp_path: Path) -> None:
    """The new content is not to be read by others either, before it has the old one's place and permissions."""
    path = tmp_path / "out"
    path.touch(mode=0o600)
    with atomic_write(path) as stream:
        stream.write(b"x")
        assert {file.stat().st_mode & 0o077 for file in tmp_path.glob(".areatag-*")} == {0}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_path_for_a_library_that_opens_files_itself(tmp_path: Path) -> None:
    """Replaced when the block ends, kept when it fails; for its owner alone."""
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with pytest.raises(KeyError), atomic_path(path) as temporary:
        temporary.write_bytes(b"half")
        raise KeyError
    assert path.read_bytes() == b"old"
    with atomic_path(path) as temporary:
        assert temporary.parent == tmp_path and temporary.read_bytes() == b""
        temporary.write_bytes(b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o600)
    assert list(tmp_path.iterdir()) == [path]
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="it is no file"), atomic_path(tmp_path / "pipe"):
        pass


def test_content_and_names_reach_the_disk_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First what is in the file, then its name; once each. A file that fails to be written is not synced."""
    events = record_syncs(monkeypatch, tmp_path)
    order = [("sync", "TEMPORARY"), ("rename", "TEMPORARY", "out"), ("sync", ".")]
    with atomic_write(tmp_path / "out") as stream:
        stream.write(b"new")
    with atomic_path(tmp_path / "out") as temporary:
        temporary.write_bytes(b"newer")
    assert events == [*order, *order]
    with pytest.raises(KeyError), atomic_write(tmp_path / "out") as stream:
        raise KeyError
    assert len(events) == 6


@pytest.mark.skipif(not strace_works(), reason="needs strace (Debian package strace) and the right to trace")
def test_a_power_cut_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """And the new one, once the block has ended."""
    folder = tmp_path / "folder"
    folder.mkdir()
    program = [sys.executable, "-c", REWRITING, str(folder / "out")]
    said: list[str] = []
    for files, said in power_cuts(record(program, folder, tmp_path / "log", ROOT), random.Random(0)):
        possible = [b"", b"first", b"second" * 2000, b"third"][len(said) : len(said) + 2]
        assert files.get("out", b"") in possible, said
    assert said[-1] == "third"


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_what_has_no_name_cannot_be_written(name: str) -> None:
    """One sentence, for whichever command."""
    with pytest.raises(UsageError, match="names no file to write"), atomic_write(Path(name)):
        pass
