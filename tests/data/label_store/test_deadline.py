"""A database that is there and does not answer, or is held by others, keeps nobody waiting for long."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.label_store.database import Database
from data.label_store.deadline import answered_within
from data.label_store.errors import LabelStoreError, NoAnswer, UnansweredError, UnconfirmedError
from data.label_store.store import LabelStore
from data.papers import Paper
from tests.data.label_store.conftest import decision
from tests.support.postgres import PostgresServer

SALMON = Paper("1", "Salmon", "They swim upstream.")


def test_a_wait_ends_when_its_time_is_up() -> None:
    """Whoever waits at the socket is woken, and the error says for how long it waited."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with pytest.raises(NoAnswer, match="has not answered"), answered_within(0.05, ours):
            assert ours.recv(1) == b""  # the end of what is shut
            raise ConnectionError("closed")
        with pytest.raises(OSError):
            ours.send(b"x")


def test_a_wait_in_time_leaves_the_connection_and_its_errors_alone() -> None:
    """Nothing is shut, no descriptor and no thread is left, and an error of the block is passed on."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        threads = threading.active_count()
        with pytest.raises(KeyError), answered_within(600, ours):
            raise KeyError("of the block")
        with answered_within(600, ours):
            theirs.send(b"x")
            assert ours.recv(1) == b"x"
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.join(60)
        assert threading.active_count() <= threads


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
