"""Backups of the label store, and the check whether it is whole."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from data.errors import AreatagError, UsageError
from data.label_store.database import Database
from data.label_store.errors import LabelStoreError
from data.label_store.store import LabelStore
from data.label_store.upkeep import back_up, check_store
from data.papers import Paper
from tests.data.label_store.conftest import decision
from tests.data.label_store.test_durability import start_writer

SALMON = Paper("1", "Salmon", "They swim upstream.")
WRENS = Paper("2", "Wrens", "They sing at dawn.")


def _fill(url: str) -> None:
    with LabelStore.open(url) as store:
        store.add([decision(SALMON, ("fish",)), decision(WRENS, ("birds",)), decision(Paper("3", "Cod"), ())])
        store.undo(1)
        store.forget("3")


def test_a_whole_store_is_counted(url: str) -> None:
    """Papers, entries and forgotten papers, on both databases; a store that is not made yet has none."""
    assert check_store(url).entries == 0
    _fill(url)
    report = check_store(url)
    assert (report.papers, report.entries, report.forgotten, report.problems) == (2, 3, 1, ())


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE areatag_entries SET areas = '[\"fi' WHERE number = 2", "entry 2: its areas cannot be read"),
        ("UPDATE areatag_entries SET rejected = '{}' WHERE number = 2", "entry 2: its areas cannot be read"),
        ("UPDATE areatag_entries SET title = 'Gulls' WHERE number = 2", "entry 2: its title and abstract are not"),
        ("DELETE FROM areatag_entries WHERE number = 1", "entry 4: the entry 1 that it withdraws is not there"),
        ("UPDATE areatag_entries SET undoes = 2 WHERE number = 4", "entry 4: the entry 2 that it withdraws"),
    ],
)
def test_what_does_not_belong_together_is_named(url: str, damage: str, problem: str) -> None:
    """Each entry by its number."""
    _fill(url)
    database = Database(url)
    with database.writing() as connection:
        connection.execute(text(damage))
    database.close()
    (found,) = check_store(url).problems
    assert found.startswith(problem)


def test_an_entry_that_cannot_be_read_is_an_error_with_its_number(url: str) -> None:
    """It is no traceback, and no label that is passed over."""
    _fill(url)
    database = Database(url)
    with database.writing() as connection:
        connection.execute(text("UPDATE areatag_entries SET areas = 'fish' WHERE number = 2"))
    database.close()
    with LabelStore.open(url) as store, pytest.raises(LabelStoreError, match="label entry 2 is damaged"):
        list(store.labelled_papers())


def _damage_index(path: Path) -> None:
    """Swap an index for an empty one, as a lost write would."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'ix_areatag_entries_paper_id'")
    connection.close()


def test_a_damaged_file_is_found_and_never_replaces_a_good_backup(tmp_path: Path) -> None:
    """SQLite's own findings are reported."""
    url = f"sqlite:///{tmp_path / 'labels.db'}"
    _fill(url)
    good = back_up(tmp_path / "backup.db", url)
    assert good.entries == 3
    before = (tmp_path / "backup.db").read_bytes()
    _damage_index(tmp_path / "labels.db")
    assert "is never used" in check_store(url).problems[0]
    with pytest.raises(LabelStoreError, match=r"is damaged .* so no backup was made"):
        back_up(tmp_path / "backup.db", url, replace=True)
    assert (tmp_path / "backup.db").read_bytes() == before
    (tmp_path / "labels.db").write_bytes(before[:4096] + bytes(4096) + before[8192:])
    with pytest.raises(LabelStoreError, match=r"damaged|empty or a file"):
        check_store(url)


def test_a_file_that_is_there_is_replaced_only_where_that_is_asked_for(tmp_path: Path) -> None:
    """Whatever it holds; a link to a file is one as well."""
    url = f"sqlite:///{tmp_path / 'labels.db'}"
    _fill(url)
    notes, link = tmp_path / "notes.txt", tmp_path / "link"
    notes.write_text("Geese")
    link.symlink_to(notes)
    for target in (notes, link):
        with pytest.raises(UsageError, match="exists already; name another file, or replace it with --replace"):
            back_up(target, url)
    assert notes.read_text() == "Geese"
    assert back_up(notes, url, replace=True).entries == check_store(f"sqlite:///{notes}").entries == 3


def test_a_backup_while_a_writer_goes_on_is_one_state(tmp_path: Path) -> None:
    """It has every label acknowledged before, no gap, and opens as a store of its own."""
    url = f"sqlite:///{tmp_path / 'labels.db'}"
    with start_writer(url, "ada", 100_000) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline().strip() for _ in range(5)]
        report = back_up(tmp_path / "backup.db", url)
        acknowledged_after = writer.stdout.readline().strip()
        writer.kill()
        writer.stdout.read()
    with LabelStore.open(f"sqlite:///{tmp_path / 'backup.db'}") as store:
        titles = {label.paper.title for label in store.labelled_papers()}
        assert {*acknowledged} <= titles == {f"ada {number}" for number in range(report.entries)}
        store.add([decision(SALMON, ("fish",))])
    assert acknowledged_after.startswith("ada ")
    assert (tmp_path / "backup.db").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_backed_up_is_said(tmp_path: Path) -> None:
    """No store, the store as its own backup, a missing folder, a pipe."""
    url = f"sqlite:///{tmp_path / 'labels.db'}"
    with pytest.raises(UsageError, match=r"no label store .* to back up"):
        back_up(tmp_path / "backup.db", url)
    _fill(url)
    (tmp_path / "link").symlink_to(tmp_path / "labels.db")
    for name in ("labels.db", "labels.db-wal", "labels.db-journal", "link", "none/../labels.db"):
        with pytest.raises(UsageError, match="is the label store itself"):
            back_up(tmp_path / name, url)
    with pytest.raises(UsageError, match="create the folder"):
        back_up(tmp_path / "none" / "backup.db", url)
    with pytest.raises(AreatagError, match="it is no file"):
        os.mkfifo(tmp_path / "pipe")
        back_up(tmp_path / "pipe", url)
    assert check_store(url).entries == 3


def test_postgresql_has_its_own_backup(postgres_url: str, tmp_path: Path) -> None:
    """The sentence names the program."""
    with pytest.raises(UsageError, match=r"back it up with PostgreSQL's own program: pg_dump --table='areatag_\*'"):
        back_up(tmp_path / "backup.db", postgres_url)
