"""A label that was acknowledged is never lost, and a failing database is one sentence."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.postgres_server import PostgresServer
from data.label_store.database import Database
from data.label_store.errors import LabelStoreError
from data.label_store.sqlite import SqliteBackend
from data.label_store.store import LabelStore
from data.papers import Paper
from tests.data.label_store.conftest import decision
from tests.support.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
SALMON = Paper("1", "Salmon", "They swim upstream.")


def start_writer(url: str, name: str, count: int) -> subprocess.Popen[str]:
    """A process that stores labels and prints each title once it is acknowledged."""
    command = [sys.executable, "-m", "tests.data.label_store.writer", url, name, str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_kill_9_loses_no_acknowledged_label(url: str) -> None:
    """Writers are killed at different moments; what each acknowledged is there, and at most one label more."""
    acknowledged: list[str] = []
    kills = 4
    for kill in range(kills):
        with start_writer(url, f"run{kill}", 100_000) as process:
            assert process.stdout is not None
            acknowledged.append(process.stdout.readline().strip())
            time.sleep(0.037 * kill)  # somewhere in the middle of a write
            process.kill()
            acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    with LabelStore.open(url) as store:
        stored = {label.paper.title for label in store.labelled_papers()}
        store.add([decision(SALMON, ("fish",))])
    assert set(acknowledged) <= stored
    assert len(stored) <= len(acknowledged) + kills


def test_two_writers_do_not_disturb_each_other(url: str) -> None:
    """Both start on an empty database at once, and all of their labels are stored."""
    writers = [start_writer(url, name, 60) for name in ("ada", "bob")]
    assert [(process.communicate(timeout=PATIENCE)[0].count("\n"), process.returncode) for process in writers] == [
        (60, 0),
        (60, 0),
    ]
    with LabelStore.open(url) as store:
        assert store.counts() == (120, 120)
        assert len(list(store.labelled_papers())) == 120


def _fill_disk(url: str, request: pytest.FixtureRequest) -> None:
    """Make the database refuse to grow, as it does when the disk is full."""
    if url.startswith("sqlite"):
        monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
        monkeypatch.setattr(SqliteBackend, "_make_durable", _tiny(SqliteBackend._make_durable))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = url.partition("?")[0].rpartition("/")[2]
    server.psql(
        name,
        "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$ LANGUAGE plpgsql; "
        "CREATE TRIGGER full_disk BEFORE INSERT ON areatag_entries EXECUTE FUNCTION full_disk();",
    )


def _tiny(configure: object) -> object:
    def limited(backend: SqliteBackend, connection: sqlite3.Connection, record: object) -> None:
        assert callable(configure)
        configure(backend, connection, record)
        connection.execute("PRAGMA max_page_count=24")

    return limited


def test_a_full_disk_is_said_and_loses_nothing(url: str, request: pytest.FixtureRequest) -> None:
    """The call that did not fit stores nothing; what was there stays readable."""
    with LabelStore.open(url) as store:
        store.add([decision(SALMON, ("fish",))])
    _fill_disk(url, request)
    large = [decision(Paper(str(n), f"Title {n}", "word " * 1000), ("fish",)) for n in range(50)]
    with LabelStore.open(url) as store:
        with pytest.raises(LabelStoreError, match="the disk is full; free some space"):
            store.add(large)
        assert store.counts() == (1, 1)
        assert store.current(SALMON) is not None


def test_a_locked_store_is_said(url: str) -> None:
    """A writer waits for another one, and gives up with a sentence."""
    with LabelStore.open(url, patience=1) as store:
        holder = Database(url)
        with holder.writing():
            assert store.counts() == (0, 0)  # readers do not wait
            with pytest.raises(LabelStoreError, match="busy for too long; try again"):
                store.add([decision(SALMON, ("fish",))])
        holder.close()
        store.add([decision(SALMON, ("fish",))])
