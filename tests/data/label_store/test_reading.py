"""Reading the label store changes nothing, and needs no right to write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from data.label_store.errors import LabelStoreError
from data.label_store.sqlite import SqliteBackend
from data.label_store.store import LabelStore
from data.papers import Paper
from tests.data.label_store.conftest import decision

ROOT = Path(__file__).parents[3]
OTHER_USER = 65534 if os.geteuid() == 0 else os.geteuid()
"""Root may write everywhere, so it reads as nobody."""
MOUNT = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users can enter, unlike those of pytest."""
    path = Path(tempfile.mkdtemp(prefix="areatag-reading-"))
    path.chmod(0o755)
    yield path
    path.chmod(0o755)
    shutil.rmtree(path)


def _fill(path: Path) -> None:
    with LabelStore.open(f"sqlite:///{path}") as store:
        store.add([decision(Paper("1", "Salmon"), ("fish",)), decision(Paper("2", "Wrens"), ("birds",))])
    path.chmod(0o644)


def _read(path: Path, *options: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    user = str(os.geteuid() if before else OTHER_USER)
    command = [*before, sys.executable, "-m", "tests.data.label_store.reader", str(path), user, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_and_folder_without_write_bits_are_read(folder: Path) -> None:
    """As another user sees the store of a service, or a copy on a medium that is read-only."""
    _fill(folder / "labels.db")
    (folder / "labels.db").chmod(0o444)
    folder.chmod(0o555)
    outcome = _read(folder / "labels.db")
    assert (outcome.returncode, outcome.stdout) == (0, "Salmon\nWrens\n"), outcome.stderr
    assert _names(folder) == {"labels.db"}


def test_labels_in_the_log_of_a_running_writer_are_read_without_write_bits(folder: Path) -> None:
    """The log is not moved into the file yet, and the reader may not do it."""
    _fill(folder / "labels.db")
    with LabelStore.open(f"sqlite:///{folder / 'labels.db'}") as store:
        store.add([decision(Paper("3", "Otters"), ("rivers",))])
        assert (folder / "labels.db-wal").stat().st_size
        for path in folder.iterdir():
            path.chmod(0o444)
        folder.chmod(0o555)
        outcome = _read(folder / "labels.db")
    assert (outcome.returncode, outcome.stdout) == (0, "Otters\nSalmon\nWrens\n"), outcome.stderr


def test_a_log_that_cannot_be_read_is_said(folder: Path) -> None:
    """A copy of file and log without their index: its labels must not be left out in silence."""
    _fill(folder / "labels.db")
    (folder / "copy").mkdir()
    with LabelStore.open(f"sqlite:///{folder / 'labels.db'}") as store:
        store.add([decision(Paper("3", "Otters"), ("rivers",))])
        for name in ("labels.db", "labels.db-wal"):
            shutil.copyfile(folder / name, folder / "copy" / name)
            (folder / "copy" / name).chmod(0o444)
    (folder / "copy").chmod(0o555)
    outcome = _read(folder / "copy" / "labels.db")
    (folder / "copy").chmod(0o755)
    assert outcome.returncode == 1 and "has labels in labels.db-wal that cannot be read" in outcome.stderr


def test_a_full_disk_is_read(folder: Path) -> None:
    """Not a byte can be written."""
    _fill(folder / "labels.db")
    for path in (folder, folder / "labels.db"):
        shutil.chown(path, OTHER_USER)
    outcome = _read(folder / "labels.db", "full")
    assert (outcome.returncode, outcome.stdout) == (0, "Salmon\nWrens\n"), outcome.stderr


def test_a_read_only_mount_is_read(folder: Path) -> None:
    """Also by root, whom no permission stops."""
    _fill(folder / "labels.db")
    inside = ("unshare", "--mount", "sh", "-c", MOUNT, str(folder))
    if shutil.which("unshare") is None or subprocess.run([*inside, "true"], check=False).returncode:
        pytest.skip("needs the right to mount")
    outcome = _read(folder / "labels.db", before=inside)
    assert (outcome.returncode, outcome.stdout) == (0, "Salmon\nWrens\n"), outcome.stderr


def test_a_change_while_a_file_is_read_without_locks_is_said(folder: Path) -> None:
    """Half of the old state with half of the new one is no answer."""
    _fill(folder / "labels.db")
    backend = SqliteBackend(folder / "labels.db", 0)
    # what SQLite says where it cannot make its lock files
    backend._reader = create_engine("sqlite:////no/such/folder/labels.db", poolclass=NullPool)
    with backend.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM areatag_entries").scalar_one() == 2
    with pytest.raises(LabelStoreError, match="changed while it was read; try again"), backend.reading():
        os.utime(folder / "labels.db", ns=(0, 0))
    backend.close()


def test_reading_makes_no_store(own_home: Path) -> None:
    """Neither file nor folder."""
    with LabelStore.open() as store:
        assert list(store.labelled_papers()) == [] and store.conflicts() == [] and store.counts() == (0, 0)
        assert store.current(Paper("1", "Salmon")) is None and not store.is_forgotten(Paper("1", "Salmon"))
    assert not own_home.exists()


@pytest.mark.parametrize("how", ["time", "size", "another"])
def test_any_change_of_a_file_that_is_read_without_locks_is_seen(folder: Path, how: str) -> None:
    """By its time, its size, or another file in its place with both of them."""
    path = folder / "labels.db"
    _fill(path)
    before = path.stat()
    backend = SqliteBackend(path, 0)
    # what SQLite says where it cannot make its lock files
    backend._reader = create_engine("sqlite:////no/such/folder/labels.db", poolclass=NullPool)
    with pytest.raises(LabelStoreError, match="changed while it was read; try again"), backend.reading():
        if how == "time":
            os.utime(path, ns=(0, before.st_mtime_ns + 1))
        elif how == "size":
            with path.open("ab") as file:
                file.write(bytes(4096))
            os.utime(path, ns=(0, before.st_mtime_ns))
        else:
            shutil.copy2(path, folder / "copy.db")
            (folder / "copy.db").replace(path)
    backend.close()
