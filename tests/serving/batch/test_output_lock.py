"""One run at a time for one output."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import AreatagError, UsageError
from serving.batch.output_lock import OutputLock, is_open_at, lock_path
from tests.serving.conftest import ROOT

_HOLDER = """
import sys
from pathlib import Path
from serving.batch.output_lock import OutputLock
lock = OutputLock(Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_second_run_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    """Also under another name of the same file; the lock's own file goes with it."""
    final = tmp_path / "out.jsonl"
    (tmp_path / "link.jsonl").symlink_to(final)
    lock = OutputLock(final)
    for name in (final, tmp_path / "link.jsonl"):
        with pytest.raises(AreatagError, match="Another run is writing"):
            OutputLock(name)
    OutputLock(tmp_path / "other.jsonl").release()
    lock.release()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.jsonl"]
    OutputLock(final).release()


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    """Its lock file stays, and does not lock any more."""
    final = tmp_path / "out.jsonl"
    command = [sys.executable, "-c", _HOLDER, str(final)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "locked\n"
        with pytest.raises(AreatagError, match="Another run is writing"):
            OutputLock(final)
        holder.kill()
        holder.wait()
    assert lock_path(final).exists()
    OutputLock(final).release()


def test_a_lock_file_that_lost_its_name_locks_nothing(tmp_path: Path) -> None:
    """Somebody may have opened it just before its holder removed it."""
    path = tmp_path / "lock"
    with path.open("w") as file:
        assert is_open_at(file.fileno(), path)
        path.unlink()
        assert not is_open_at(file.fileno(), path)
        path.write_text("")
        assert not is_open_at(file.fileno(), path)


def test_a_lock_taken_over_is_not_removed(tmp_path: Path) -> None:
    """Whoever holds the file that has the name now keeps it."""
    first = OutputLock(tmp_path / "out")
    lock_path(tmp_path / "out").unlink()
    second = OutputLock(tmp_path / "out")
    first.release()
    assert lock_path(tmp_path / "out").exists()
    second.release()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As for any other output."""
    with pytest.raises(UsageError, match="nowhere"):
        OutputLock(tmp_path / "nowhere" / "out")
