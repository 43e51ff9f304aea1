"""The label store in PostgreSQL: servers that stop or are not there, and commits that wait for the disk."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from benchmarks.postgres_server import PostgresServer
from data.errors import UsageError
from data.label_store.database import Database
from data.label_store.errors import LabelStoreError, UnansweredError, UnconfirmedError
from data.label_store.postgres import PostgresBackend
from data.label_store.store import LabelStore
from data.papers import Paper
from tests.data.label_store.conftest import decision

SALMON = Paper("1", "Salmon", "They swim upstream.")


@pytest.mark.parametrize("work", ["current", "labelled_papers", "counts", "add", "undo", "open"])
def test_a_stopped_server_is_said_and_used_again_when_it_goes_on(
    postgres: PostgresServer, postgres_url: str, work: str
) -> None:
    """Reading, writing and opening end with a sentence; the connections of before are not used again."""
    with LabelStore.open(postgres_url, patience=0.5) as store:
        (number,) = store.add([decision(SALMON, ("fish",))])
        calls: dict[str, Callable[[], object]] = {
            "current": lambda: store.current(SALMON),
            "labelled_papers": lambda: list(store.labelled_papers()),
            "counts": store.counts,
            "add": lambda: store.add([decision(SALMON, ("rivers",))]),
            "undo": lambda: store.undo(number),
            "open": lambda: LabelStore.open(postgres_url, patience=0.5),
        }
        with postgres.stopped(), pytest.raises(LabelStoreError, match=r"cannot be reached|not answered for 0.5 s"):
            calls[work]()
        assert store.current(SALMON) is not None


def test_a_server_stopped_in_a_transaction_is_unanswered(postgres: PostgresServer, postgres_url: str) -> None:
    """In a lookup nothing is lost; in a commit it is not known whether the labels are stored."""
    database = Database(postgres_url, patience=0.5)
    with LabelStore(database) as store:
        store.add([decision(SALMON, ("fish",))])
        with (
            pytest.raises(UnansweredError, match="has not answered"),
            database.reading() as connection,
            postgres.stopped(),
        ):
            connection.exec_driver_sql("SELECT 1")
        with pytest.raises(UnconfirmedError, match="make it again"), _stopped_at_the_end(database, postgres):
            pass
        assert store.counts() == (1, 1)


class _stopped_at_the_end:
    """A writing transaction at whose commit the server is stopped."""

    def __init__(self, database: Database, server: PostgresServer) -> None:
        self._writing, self._stopped = database.writing(), server.stopped()

    def __enter__(self) -> None:
        connection = self._writing.__enter__()
        connection.exec_driver_sql("SELECT 1")
        self._stopped.__enter__()

    def __exit__(self, *_: object) -> None:
        try:
            self._writing.__exit__(None, None, None)
        finally:
            self._stopped.__exit__(None, None, None)


def test_a_stream_counts_only_the_time_of_the_server(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads all labels may take any time for each: no deadline runs meanwhile."""
    waiting: list[float] = []

    @contextmanager
    def recorded(seconds: float, _: object) -> Iterator[None]:
        waiting.append(seconds)
        yield
        waiting.pop()

    monkeypatch.setattr("data.label_store.postgres.answered_within", recorded)
    monkeypatch.setattr("data.label_store.database._ROWS_AT_ONCE", 1)
    with LabelStore.open(postgres_url) as store:
        store.add([decision(Paper(str(n), f"Reef {n}"), ("fish",)) for n in range(4)])
        assert [list(waiting) for _ in store.labelled_papers()] == [[]] * 4


def test_a_commit_of_postgresql_waits_for_the_disk(postgres: PostgresServer, postgres_url: str) -> None:
    """Also in a database that is set to answer before it has written, where labels would be lost with the power."""
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    for statement in (
        f'ALTER DATABASE "{name}" SET synchronous_commit = off',
        "CREATE TABLE seen (setting text)",
        "CREATE FUNCTION note() RETURNS trigger AS $$ BEGIN "
        "INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$ LANGUAGE plpgsql",
    ):
        postgres.psql(name, statement)
    with LabelStore.open(postgres_url) as store:
        store.add([decision(Paper("0", "Salmon"), ("fish",))])
        postgres.psql(name, "CREATE TRIGGER note BEFORE INSERT ON areatag_entries EXECUTE FUNCTION note()")
        store.add([decision(Paper("1", "Wrens"), ("birds",))])
        store.undo(1)
    database = Database(postgres_url)
    with database.reading() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "off"
        assert connection.execute(text("SELECT setting FROM seen")).scalars().all() == ["on", "on"]
    database.close()


def test_an_unreachable_database_is_said_without_the_password() -> None:
    """The sentence names the database, its user and host."""
    pytest.importorskip("psycopg")
    with pytest.raises(LabelStoreError, match=r"ada:\*\*\*@127\.0\.0\.1:1/labels.*cannot be reached") as caught:
        LabelStore.open("postgresql://ada:s3cret@127.0.0.1:1/labels")
    assert "s3cret" not in str(caught.value) and "\n" not in str(caught.value)


def test_reading_makes_no_tables(postgres: PostgresServer, postgres_url: str) -> None:
    """A database that somebody only looked at stays as it was; the first label makes them."""
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    with LabelStore.open(postgres_url) as store:
        assert store.counts() == (0, 0) and list(store.labelled_papers()) == []
        postgres.psql(name, "DO $$ BEGIN ASSERT to_regclass('areatag_about') IS NULL; END $$")
        store.add([decision(SALMON, ("fish",))])
        postgres.psql(name, "DO $$ BEGIN ASSERT to_regclass('areatag_about') IS NOT NULL; END $$")
        assert store.counts() == (1, 1)


def test_what_fails_in_a_transaction_is_taken_back(postgres_url: str) -> None:
    """An error of the server as well as one of ours; neither says that the change may be stored."""
    database = Database(postgres_url)
    with LabelStore(database) as store:
        store.add([decision(SALMON, ("fish",))])
        for wrong, kind in (("DELETE FROM nothing", LabelStoreError), ("DELETE FROM areatag_entries", KeyError)):
            with pytest.raises(kind) as caught, database.writing() as connection:
                connection.execute(text("DELETE FROM areatag_entries"))
                connection.execute(text(wrong))
                raise KeyError("of the caller")
            assert not isinstance(caught.value, UnconfirmedError)
        assert store.counts() == (1, 1)


def test_a_commit_that_the_server_refuses_is_not_stored(postgres: PostgresServer, postgres_url: str) -> None:
    """It is known then, unlike after a broken connection."""
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    with LabelStore.open(postgres_url) as store:
        store.add([decision(SALMON, ("fish",))])
        postgres.psql(
            name,
            "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$ "
            "LANGUAGE plpgsql; CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON areatag_entries "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
        )
        with pytest.raises(LabelStoreError, match="not today") as caught:
            store.add([decision(Paper("2", "Wrens"), ("birds",))])
        assert not isinstance(caught.value, UnconfirmedError)
        assert store.counts() == (1, 1)


@pytest.mark.parametrize(("patience", "connect", "lock"), [(15.0, 15, 15_000), (0.5, 2, 500)])
def test_every_wait_has_its_time(patience: float, connect: int, lock: int) -> None:
    """For the connection in seconds, of which libpq takes no fewer than two; for other writers in milliseconds."""
    pytest.importorskip("psycopg")
    backend = PostgresBackend(make_url("postgresql+psycopg://ada@127.0.0.1:1/labels"), patience)
    asked: dict[str, Any] = {}

    @event.listens_for(backend._engine, "do_connect")
    def note(_: object, __: object, ___: object, options: dict[str, Any]) -> None:
        asked.update(options)
        raise ConnectionError("not here")

    with pytest.raises(ConnectionError), backend.reading():
        pass
    assert (asked["connect_timeout"], asked["options"]) == (connect, f"-c lock_timeout={lock}")


def test_without_psycopg_the_error_says_how_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no part of the light runtime."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"needs the package psycopg: .* pip install 'areatag\[postgres\]'"):
        LabelStore.open("postgresql://ada@127.0.0.1:1/labels")
