"""The label store in a SQLite file: how it is made, who waits for whom, and that a commit is on the disk."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from data.errors import AreatagError
from data.label_store.database import Database
from data.label_store.errors import LabelStoreError
from data.label_store.store import LabelStore
from data.papers import Paper
from tests.data.label_store.conftest import decision

SALMON = Paper("1", "Salmon", "They swim upstream.")
OTTERS = Paper("3", "Otters")


def _fill(path: Path) -> None:
    with LabelStore.open(f"sqlite:///{path}") as store:
        store.add([decision(Paper("1", "Salmon"), ("fish",)), decision(Paper("2", "Wrens"), ("birds",))])


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_readers_of_sqlite_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    """Also not when the store is opened, which a writer used to hold up."""
    url = f"sqlite:///{tmp_path / 'labels.db'}"
    with LabelStore.open(url) as store:
        store.add([decision(SALMON, ("fish",))])
    holder = Database(url)
    with holder.writing(), LabelStore.open(url, patience=0) as store:
        assert store.current(SALMON) is not None
        with pytest.raises(LabelStoreError, match="busy for too long"):
            store.add([decision(SALMON, ("rivers",))])
    holder.close()


def test_a_sqlite_file_that_another_process_locks_is_said(tmp_path: Path) -> None:
    """A repair or a restore may hold it from readers too."""
    url = f"sqlite:///{tmp_path / 'labels.db'}"
    with LabelStore.open(url) as store:
        store.add([decision(SALMON, ("fish",))])
    holder = sqlite3.connect(tmp_path / "labels.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LabelStoreError, match="busy for too long"):
        LabelStore.open(url, patience=0)
    holder.close()
    with LabelStore.open(url) as store:
        assert store.current(SALMON) is not None


def test_a_commit_of_sqlite_waits_for_the_disk(tmp_path: Path) -> None:
    """Also where no program can be traced to see it: writing is set to flush every commit of the log."""
    database = Database(f"sqlite:///{tmp_path / 'labels.db'}")
    with database.writing() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2  # FULL, https://sqlite.org/pragma.html
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    database.close()


@pytest.mark.parametrize("error", [PermissionError, OSError])
def test_a_file_system_without_links_gets_its_store_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    """It is renamed then, and complete at once as well."""

    def refuse(*_: object) -> None:
        raise error(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    _fill(tmp_path / "labels.db")
    assert _names(tmp_path) == {"labels.db"}
    with LabelStore.open(f"sqlite:///{tmp_path / 'labels.db'}") as store:
        assert store.counts() == (2, 2)


def test_of_two_processes_that_make_the_store_the_first_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The label of the other goes into the same file, and nothing else is left."""
    path, link = tmp_path / "labels.db", os.link

    def late(source: Path, target: Path) -> None:
        assert Path(source).read_bytes()[18:20] == b"\2\2"  # it has its log before its name: no reader blocks writers
        assert Path(source).stat().st_mode & 0o777 == 0o600
        monkeypatch.setattr(os, "link", link)
        _fill(path)
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    with LabelStore.open(f"sqlite:///{path}") as store:
        assert store.add([decision(OTTERS, ("rivers",))]) == [3]
        assert store.counts() == (3, 3)
    assert _names(tmp_path) == {"labels.db"}


def test_a_store_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the file."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(Path, "rename", full)
    with (
        LabelStore.open(f"sqlite:///{tmp_path / 'labels.db'}") as store,
        pytest.raises(AreatagError, match=r"labels\.db failed: the disk is full"),
    ):
        store.add([decision(OTTERS, ("rivers",))])
    assert _names(tmp_path) == set()


@pytest.mark.parametrize(
    ("said", "times", "waited"), [("database is locked", 2, 2), ("database is locked", 99, 3), ("disk I/O error", 1, 0)]
)
def test_two_that_switch_a_file_to_a_log_at_once_take_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, times: int, waited: int
) -> None:
    """SQLite tells one of them at once that it is locked, since both would wait for ever; in the end it is an error."""
    _fill(tmp_path / "labels.db")
    left, waits = times, 0

    class Busy(sqlite3.Connection):
        def execute(self, statement: str, *arguments: object) -> sqlite3.Cursor:
            nonlocal left
            if "journal_mode" in statement and left:
                left -= 1
                raise sqlite3.OperationalError(said)
            return super().execute(statement, *arguments)  # type: ignore[arg-type]

    def wait(_: float) -> None:
        nonlocal waits
        waits += 1

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **options: real(*given, factory=Busy, **options))
    monkeypatch.setattr("data.label_store.sqlite.time.sleep", wait)
    monkeypatch.setattr("data.label_store.sqlite.time.monotonic", lambda: float(waits))
    with LabelStore.open(f"sqlite:///{tmp_path / 'labels.db'}", patience=2) as store:
        if waited == times:
            assert store.add([decision(OTTERS, ("rivers",))]) == [3]
        else:
            with pytest.raises(LabelStoreError, match=r"busy for too long|reading or writing the disk"):
                store.add([decision(OTTERS, ("rivers",))])
    assert waits == waited


def test_readers_write_nothing(tmp_path: Path) -> None:
    """Not even by mistake: their connections refuse it."""
    _fill(tmp_path / "labels.db")
    database = Database(f"sqlite:///{tmp_path / 'labels.db'}")
    with pytest.raises(LabelStoreError, match="read-only"), database.reading() as connection:
        connection.execute(text("DELETE FROM areatag_entries"))
    with LabelStore(database) as store:
        assert store.counts() == (2, 2)


def test_a_store_is_shared_between_threads(tmp_path: Path) -> None:
    """Whichever of them a connection was made in."""
    with LabelStore.open(f"sqlite:///{tmp_path / 'labels.db'}") as store, ThreadPoolExecutor(4) as threads:
        papers = [Paper(str(number), f"Reef {number}") for number in range(24)]
        numbers = list(threads.map(lambda paper: store.add([decision(paper, ("fish",))])[0], papers))
        assert sorted(numbers) == list(range(1, 25))
        assert all(threads.map(lambda paper: store.current(paper) is not None, papers))


@pytest.mark.parametrize(
    ("code", "is_read"),
    [
        (sqlite3.SQLITE_PERM, True),
        (sqlite3.SQLITE_READONLY, True),
        (sqlite3.SQLITE_READONLY_DIRECTORY, True),
        (sqlite3.SQLITE_IOERR_SHMOPEN, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_CANTOPEN, True),
        (sqlite3.SQLITE_BUSY, False),
        (sqlite3.SQLITE_CORRUPT, False),
        (sqlite3.SQLITE_NOTADB, False),
    ],
)
def test_where_no_lock_file_can_be_made_the_store_is_read_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, is_read: bool
) -> None:
    """Other errors are said: a store that is busy or damaged would be read as half of one."""
    _fill(tmp_path / "labels.db")
    real = sqlite3.connect

    def connect(address: str, **options: Any) -> sqlite3.Connection:
        if "immutable" not in address:
            error = sqlite3.OperationalError("of a test")
            error.sqlite_errorcode = code
            raise error
        connection: sqlite3.Connection = real(address, **options)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)
    if is_read:
        with LabelStore.open(f"sqlite:///{tmp_path / 'labels.db'}") as store:
            assert store.counts() == (2, 2)
    else:
        with pytest.raises(LabelStoreError, match="of a test"):
            LabelStore.open(f"sqlite:///{tmp_path / 'labels.db'}")


def test_readers_see_the_file_that_is_there_now(tmp_path: Path) -> None:
    """Not the one that was removed, although it was open; a store that is gone is empty."""
    path, other = tmp_path / "labels.db", tmp_path / "other.db"
    _fill(path)
    with LabelStore.open(f"sqlite:///{other}") as store:
        store.add([decision(OTTERS, ("rivers",))])
    with LabelStore.open(f"sqlite:///{path}") as store:
        assert store.counts() == (2, 2) and store.current(OTTERS) is None
        other.replace(path)
        assert store.counts() == (1, 1) and store.current(OTTERS) is not None
        path.unlink()
        assert store.counts() == (0, 0)


def test_an_empty_log_is_none(tmp_path: Path) -> None:
    """Of a store that is gone, or of another file that was in its place."""
    path = tmp_path / "labels.db"
    (tmp_path / "labels.db-wal").touch()
    _fill(path)
    with LabelStore.open(f"sqlite:///{path}") as store:
        assert store.counts() == (2, 2)


def test_a_restored_backup_gets_its_log_with_the_next_label(tmp_path: Path) -> None:
    """A copy by other means has none, and each reader of it would wait for writers."""
    path = tmp_path / "labels.db"
    _fill(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    connection.close()
    with LabelStore.open(f"sqlite:///{path}") as store:
        assert store.add([decision(OTTERS, ("rivers",))]) == [3]
        assert (tmp_path / "labels.db-wal").stat().st_size > 0
