"""A database is opened by its URL, read in one state and written whole or not at all, on SQLite as on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from data.errors import UsageError
from data.label_store.database import Database
from data.label_store.errors import LabelStoreError
from data.label_store.store import LabelStore
from data.label_store.tables import entries, forgotten
from data.papers import Paper
from tests.data.label_store.conftest import decision


def test_a_newer_store_is_refused(url: str) -> None:
    """The sentence names both formats and says what to do."""
    database = Database(url)
    with database.writing() as connection:
        connection.execute(text("UPDATE areatag_about SET value = '7' WHERE name = 'schema_version'"))
    database.close()
    with pytest.raises(LabelStoreError, match=r"has format 7, made by a newer areatag.* up to 1: upgrade"):
        LabelStore.open(url)


@pytest.mark.parametrize(
    "url", ["labels.db", "mysql://ada:secret@host/db", "postgresql://ada:secret@host", "postgresql://a:secret@h:x/db"]
)
def test_a_wrong_url_is_bad_usage(url: str) -> None:
    """The sentence shows what a URL looks like, and no password."""
    with pytest.raises(UsageError, match="must be like sqlite:///PATH or postgresql") as caught:
        LabelStore.open(url)
    assert "secret" not in str(caught.value)


def test_the_place_of_a_store(tmp_path: Path) -> None:
    """A file where it is one; PostgreSQL is always reached by the same driver."""
    database = Database(f"sqlite:///{tmp_path / 'labels.db'}")
    assert database.path == tmp_path / "labels.db"
    database.close()
    pytest.importorskip("psycopg")
    for scheme in ("postgresql", "postgresql+psycopg"):
        with pytest.raises(LabelStoreError, match=r"postgresql\+psycopg://ada@127\.0\.0\.1:1/labels"):
            Database(f"{scheme}://ada@127.0.0.1:1/labels")


@pytest.mark.parametrize("url", ["sqlite://", "postgresql+psycopg2://ada:secret@h/db", "", "a b"])
def test_other_databases_are_bad_usage(url: str) -> None:
    """Also one in memory, which would be gone with the process."""
    with pytest.raises(UsageError, match=r"AREATAG_LABEL_STORE .*must be like sqlite:///PATH or postgresql") as caught:
        Database(url)
    assert "secret" not in str(caught.value)


def test_a_database_that_cannot_be_used_is_closed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else could do it."""
    closed: list[Database] = []
    close = Database.close

    def note(database: Database) -> None:
        closed.append(database)
        close(database)

    monkeypatch.setattr(Database, "close", note)
    (tmp_path / "labels.db").touch()
    with pytest.raises(LabelStoreError, match="empty or a file of another program"):
        Database(f"sqlite:///{tmp_path / 'labels.db'}")
    assert len(closed) == 1


def _add(store: LabelStore, *names: str) -> None:
    store.add([decision(Paper(name, f"Title {name}"), ("fish",)) for name in names])


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_rows_are_of_one_state_of_the_store(url: str, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them come, in any number of pages; what is written meanwhile is in the next reading."""
    monkeypatch.setattr("data.label_store.database._ROWS_AT_ONCE", at_once)
    query = select(entries.c.paper_id).order_by(entries.c.number)
    database = Database(url)
    with LabelStore(database) as store:
        assert list(database.rows(query)) == []
        _add(store, "a", "b", "c", "d")
        rows = database.rows(query)
        first = next(rows)
        _add(store, "e")
        assert [first.paper_id, *(row.paper_id for row in rows)] == ["a", "b", "c", "d"]
        assert len(list(database.rows(query))) == 5


def test_a_reading_transaction_sees_one_state(url: str) -> None:
    """However many queries it has, and whatever others write between them."""
    database = Database(url)
    with LabelStore(database) as store, LabelStore.open(url) as other:
        _add(store, "a")
        with database.reading() as connection:
            assert len(connection.execute(select(entries)).all()) == 1
            _add(other, "b")
            assert len(connection.execute(select(entries)).all()) == 1
        with database.reading() as connection:
            assert len(connection.execute(select(entries)).all()) == 2
        with database.writing() as connection:
            assert len(connection.execute(select(entries)).all()) == 2


def test_what_fails_half_way_is_not_written(url: str) -> None:
    """Nothing of it, and the next writer does not wait for it."""
    database = Database(url, patience=1)
    mark = {"fingerprint": "f" * 64, "time": "now"}
    with pytest.raises(KeyError), database.writing() as connection:
        connection.execute(insert(forgotten), [mark])
        raise KeyError("of the caller")
    with database.writing() as connection:
        assert connection.execute(select(forgotten)).all() == []
        connection.execute(insert(forgotten), [mark])
    with database.reading() as connection:
        assert [row.fingerprint for row in connection.execute(select(forgotten))] == [mark["fingerprint"]]
    database.close()


def test_a_store_of_a_newer_release_is_refused_in_every_transaction(url: str) -> None:
    """It may be upgraded while others have it open."""
    database = Database(url)
    with database.writing() as connection:
        connection.execute(text("UPDATE areatag_about SET value = '2' WHERE name = 'schema_version'"))
    for work in (database.reading, database.writing):
        with pytest.raises(LabelStoreError, match="has format 2"), work():
            pass
    with pytest.raises(LabelStoreError, match="has format 2"):
        list(database.rows(select(entries)))
    database.close()
