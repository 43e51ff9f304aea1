"""Writing a file completely or not at all."""

import errno
import io
import os
from pathlib import Path

import pytest

from data.atomic import atomic_path, atomic_text, atomic_write
from data.errors import AreatagError, UsageError


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device /dev/full")
@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_device_is_written_directly_and_its_errors_are_explained(size: int) -> None:
    """A write that fails in the kernel names the path; the device is not replaced by a file."""
    with pytest.raises(AreatagError, match="/dev/full failed: the disk is full"):
        _write(Path("/dev/full"), b"x" * size)
    _write(Path("/dev/null"), b"x" * size)
    assert Path("/dev/null").is_char_device()


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


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    """A file without write permission is kept although its folder would allow a rename."""
    path = tmp_path / "out"
    path.touch(mode=0o444)
    with pytest.raises(UsageError, match="permission denied"):
        _write(path, b"")


def test_links_and_permissions_are_kept(tmp_path: Path) -> None:
    """A symbolic link still points to the file, which keeps its permissions."""
    path, link = tmp_path / "file", tmp_path / "link"
    path.touch(mode=0o600)
    link.symlink_to(path)
    _write(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600


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
    with pytest.raises(UsageError, match="it is no file"), atomic_path(Path("/dev/null")):
        pass
