"""One holder at a time, between descriptors of a process and between processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data import file_lock
from data.errors import AreatagError, UsageError
from data.file_lock import FileLock, is_locked, is_open_at, lock_output, lock_path

ROOT = Path(__file__).parents[2]
_HOLDER = """
import sys
from pathlib import Path
from data.file_lock import FileLock
lock = FileLock.take(Path(sys.argv[1]), patience=None)
print("locked" if lock else "not locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that takes the lock, and lets go when its stdin is closed."""
    command = [sys.executable, "-c", _HOLDER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _taken(path: Path) -> FileLock:
    lock = FileLock.take(path)
    assert lock is not None
    return lock


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_there_is_one_holder(tmp_path: Path) -> None:
    """Who is refused keeps no descriptor; the file stays when the lock is released."""
    path = tmp_path / "lock"
    with _taken(path) as lock:
        before = _descriptors()
        assert FileLock.take(path) is None and is_locked(path)
        assert _descriptors() == before
        assert lock.path == path
    assert path.exists() and not is_locked(path)
    _taken(path).release()


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    """Its file stays, and does not lock any more."""
    path = tmp_path / "lock"
    with holder(path) as process:
        assert _said(process) == "locked\n"
        assert FileLock.take(path) is None
        process.kill()
        process.wait()
    assert path.exists()
    _taken(path).release()


def test_whoever_waits_gets_it(tmp_path: Path) -> None:
    """As long as it takes, once the holder has let go."""
    path = tmp_path / "lock"
    with _taken(path) as lock, holder(path) as process:
        lock.release()
        assert _said(process) == "locked\n"
        lock.descriptor = os.open(path, os.O_RDONLY)  # released once more at the end


def test_whoever_waits_a_while_looks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And gets it when the holder lets go meanwhile, else not."""
    path = tmp_path / "lock"
    holding = _taken(path)
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert FileLock.take(path, patience=1.0) is None
    assert now == pytest.approx(1.0, abs=2 * file_lock._PAUSE)
    monkeypatch.setattr(time, "sleep", lambda _: holding.release())
    lock = FileLock.take(path, patience=1.0)
    assert lock is not None
    lock.release()


def test_the_forked_hold_it_too(tmp_path: Path) -> None:
    """The lock is free when the last process that has the descriptor has ended."""
    path = tmp_path / "lock"
    lock = _taken(path)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        os.read(reading, 1)  # until the parent says so
        os._exit(0)
    lock.release()
    assert is_locked(path)
    os.close(writing)
    os.waitpid(child, 0)
    os.close(reading)
    assert not is_locked(path)


def test_a_started_process_does_not_hold_it(tmp_path: Path) -> None:
    """Unless the descriptor is passed to it."""
    path = tmp_path / "lock"
    with _taken(path) as lock:
        command = [sys.executable, "-c", f"import os; os.fstat({lock.descriptor})"]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 1
        assert subprocess.run(command, pass_fds=(lock.descriptor,), check=False).returncode == 0


def test_a_lock_that_is_passed_on_is_taken_over(tmp_path: Path) -> None:
    """Not one that is closed, of another file, or of the file while somebody else holds the lock."""
    path = tmp_path / "lock"
    _taken(path).release()
    other, same = os.open(tmp_path, os.O_RDONLY), os.open(path, os.O_RDWR)
    with _taken(path):
        assert [FileLock.take_over(path, descriptor) for descriptor in (other, same)] == [None, None]
    os.close(other)
    assert FileLock.take_over(path, other) is None
    os.set_inheritable(same, True)
    lock = FileLock.take_over(path, same)
    assert lock is not None and lock.descriptor == same and is_locked(path) and not os.get_inheritable(same)
    lock.release()


def test_a_removed_lock_leaves_nothing(tmp_path: Path) -> None:
    """And one that lost its name to another leaves that alone."""
    path = tmp_path / "lock"
    _taken(path).remove()
    assert not path.exists()
    first = _taken(path)
    path.unlink()
    second = _taken(path)
    first.remove()
    assert path.exists()
    second.remove()


def test_a_lock_whose_file_was_removed_meanwhile_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opened it just before its holder removed it takes the one that has the name now."""
    path = tmp_path / "lock"
    lock_of = file_lock._wait_for
    removed: list[Path] = []

    def late(descriptor: int, until: float | None) -> bool:
        if not removed:
            removed.append(path)
            path.unlink()
        return lock_of(descriptor, until)

    monkeypatch.setattr(file_lock, "_wait_for", late)
    before = _descriptors()
    with _taken(path) as lock:
        assert is_open_at(lock.descriptor, path) and _descriptors() == before + 1
    removed.clear()
    with pytest.raises(FileNotFoundError):
        FileLock.take(path, create=False)
    assert _descriptors() == before


def test_only_its_own_name_is_a_files_name(tmp_path: Path) -> None:
    """Not one that it had, nor that of another file."""
    path = tmp_path / "lock"
    with path.open("w") as file:
        assert is_open_at(file.fileno(), path)
        path.unlink()
        assert not is_open_at(file.fileno(), path)
        path.write_text("")
        assert not is_open_at(file.fileno(), path)


def test_a_lock_in_the_home_is_its_owners(own_home: Path, tmp_path: Path) -> None:
    """Elsewhere it has the permissions of any file."""
    own_home.mkdir(exist_ok=True)
    mask = os.umask(0o022)
    try:
        for folder in (own_home, tmp_path):
            _taken(folder / "lock").release()
    finally:
        os.umask(mask)
    assert (own_home / "lock").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o644
    assert not (tmp_path / "none").exists()


def test_what_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    """A folder, and a file that is not there and is not to be made."""
    with pytest.raises(IsADirectoryError):
        FileLock.take(tmp_path)
    for call in (lambda: FileLock.take(tmp_path / "none", create=False), lambda: is_locked(tmp_path / "none")):
        with pytest.raises(FileNotFoundError):
            call()


def test_an_output_has_one_writer(tmp_path: Path) -> None:
    """Another one is told which output it is; outputs beside it are free, and a removed lock leaves nothing."""
    final, work = tmp_path / "out", tmp_path / "out.partial"
    lock = lock_output(final, work)
    assert lock.path == lock_path(work) == tmp_path / "out.partial.lock"
    with pytest.raises(AreatagError, match=r"Another run is writing .*out: wait for it"):
        lock_output(final, work)
    lock_output(tmp_path / "other", tmp_path / "other.partial").remove()
    lock.remove()
    assert not list(tmp_path.iterdir())


def test_an_output_whose_folder_is_not_there_is_named(tmp_path: Path) -> None:
    """As for any file that is written."""
    with pytest.raises(UsageError, match=r"nowhere.*create the folder"):
        lock_output(tmp_path / "nowhere" / "out", tmp_path / "nowhere" / "out.partial")
