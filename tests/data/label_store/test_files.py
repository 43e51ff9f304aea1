"""The file of the label store: whose it is, what may stand in its place, and stores of earlier releases."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from data.errors import AreatagError
from data.label_store.errors import LabelStoreError
from data.label_store.location import label_store_exists
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from tests.data.label_store.conftest import decision

FIXTURES = Path(__file__).parent / "fixtures"
SALMON = Paper("1", "Salmon", "They swim upstream.")
WRENS = Paper("2", "Wrens", "They sing at dawn.")


def test_the_store_appears_with_the_first_label(own_home: Path) -> None:
    """It is complete from its first moment: nothing else is left in the folder when it is closed."""
    with LabelStore.open() as store:
        assert not label_store_exists()
        store.add([decision(SALMON, ("fish",))])
        assert label_store_exists()
    assert [path.name for path in own_home.iterdir()] == ["labels.db"]


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_only_the_owner_can_read_it(own_home: Path, umask: int) -> None:
    """Its log files too, while they are there."""
    before = os.umask(umask)
    try:
        with LabelStore.open() as store:
            store.add([decision(SALMON, ("fish",))])
            modes = {path.name: path.stat().st_mode & 0o777 for path in own_home.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"labels.db": 0o600, "labels.db-wal": 0o600, "labels.db-shm": 0o600}
    assert own_home.stat().st_mode & 0o777 == 0o700


def test_a_store_that_others_could_read_is_closed_to_them(own_home: Path, tmp_path: Path) -> None:
    """Where it lies under AREATAG_HOME; one that was put elsewhere, for a group perhaps, keeps its permissions."""
    own_home.mkdir(mode=0o755)
    for place in (own_home / "labels.db", tmp_path / "shared.db"):
        shutil.copyfile(FIXTURES / "labels-0.1.0.db", place)
        place.chmod(0o664)
        with LabelStore.open(f"sqlite:///{place}") as store:
            store.add([decision(WRENS, ("fish",))])
    assert (own_home / "labels.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "shared.db").stat().st_mode & 0o777 == 0o664


def _foreign(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.touch(), "is empty or a file of another program; restore it from a backup"),
        (lambda path: _foreign(path, "PRAGMA user_version=3"), "is empty or a file of another program"),
        (lambda path: _foreign(path, "CREATE TABLE bookmarks (url)"), "is empty or a file of another program"),
        (lambda path: path.write_text("Dear diary, the salmon came back. " * 50), "damaged or no SQLite file"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(4080)), "damaged|empty or a file of another"),
        (lambda path: path.mkdir(), "it is no file"),
        (lambda path: path.with_name("labels.db-wal").write_bytes(b"x" * 99), "gone, but its log"),
    ],
)
def test_what_is_no_store_is_not_made_one(tmp_path: Path, make: object, said: str) -> None:
    """An emptied or foreign file is an error for readers and writers, and stays as it is."""
    path = tmp_path / "labels.db"
    assert callable(make)
    make(path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    with pytest.raises(LabelStoreError, match=said), LabelStore.open(f"sqlite:///{path}") as store:
        store.add([decision(SALMON, ("fish",))])
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()} == before


def test_a_file_that_replaces_an_open_store_is_used(tmp_path: Path) -> None:
    """A restored backup is read and written at once; labels never go into the file that was removed."""
    path = tmp_path / "labels.db"
    shutil.copyfile(FIXTURES / "labels-0.1.0.db", tmp_path / "backup.db")
    with LabelStore.open(f"sqlite:///{path}") as store:
        store.add([decision(Paper("9", "Cod"), ("fish",))])
        store.close()  # moves its log into the file
        (tmp_path / "backup.db").replace(path)
        assert store.current(SALMON) is not None and store.current(Paper("9", "Cod")) is None
        store.close()
        path.unlink()
        assert store.counts() == (0, 0)
        store.add([decision(WRENS, ("birds",))])
    with LabelStore.open(f"sqlite:///{path}") as again:
        assert [label.paper for label in again.labelled_papers()] == [WRENS]


def test_the_log_of_a_replaced_file_is_not_taken_for_the_new_ones(tmp_path: Path) -> None:
    """SQLite would write the labels of the old file over those of the new one; reading and writing are refused."""
    path = tmp_path / "labels.db"
    shutil.copyfile(FIXTURES / "labels-0.1.0.db", tmp_path / "backup.db")
    before = (tmp_path / "backup.db").read_bytes()
    with LabelStore.open(f"sqlite:///{path}") as store:
        store.add([decision(Paper("9", "Cod"), ("fish",))])
        (tmp_path / "backup.db").replace(path)
        for _ in range(2):
            with pytest.raises(LabelStoreError, match=r"was replaced while it was in use.* remove labels\.db-wal"):
                store.current(SALMON)
            with pytest.raises(LabelStoreError, match="was replaced while it was in use"):
                store.add([decision(WRENS, ("birds",))])
        assert path.read_bytes() == before
        (tmp_path / "labels.db-wal").unlink()
        assert store.current(SALMON) is not None


def test_a_store_of_release_0_1_0_opens(tmp_path: Path) -> None:
    """Labels, withdrawals and forgotten papers hold as they did, and labels can be added."""
    shutil.copyfile(FIXTURES / "labels-0.1.0.db", tmp_path / "labels.db")
    with LabelStore.open(f"sqlite:///{tmp_path / 'labels.db'}") as store:
        assert store.current(SALMON) == LabelledPaper(SALMON, ("fish",), ("birds",), False)
        assert store.current(WRENS) == LabelledPaper(WRENS, ("birds",))
        assert [(entry.number, entry.annotator, entry.undoes) for entry in store.history("1")] == [
            (1, "ada", None),
            (4, "bob", None),
            (5, "ada", 4),
        ]
        otters = Paper("7", "Otters", "They hold hands asleep.")
        assert store.is_forgotten(otters)
        with pytest.raises(AreatagError, match="was forgotten"):
            store.add([decision(otters, ("rivers",))])
        assert store.add([decision(SALMON, ("rivers",))]) == [6]


def test_broken_places_are_told_apart(tmp_path: Path) -> None:
    """A file that is no database, a folder, and a path below a file."""
    path = tmp_path / "labels.db"
    path.write_text("no database at all\n" * 100)
    with pytest.raises(LabelStoreError, match=r"labels.db failed: it is damaged"):
        LabelStore.open(f"sqlite:///{path}")
    with pytest.raises(LabelStoreError, match="cannot be opened"):
        LabelStore.open(f"sqlite:///{tmp_path}")
    with pytest.raises(AreatagError, match=r"labels\.db"):
        LabelStore.open(f"sqlite:///{path}/below/labels.db")


def test_a_path_that_cannot_be_looked_at_is_said(tmp_path: Path) -> None:
    """As a name too long for any file."""
    with pytest.raises(LabelStoreError, match=r"cannot be opened \(File name too long\); check its path"):
        LabelStore.open(f"sqlite:///{tmp_path / ('x' * 300)}")
