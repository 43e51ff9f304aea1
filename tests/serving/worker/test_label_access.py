"""A label store that does not answer: tagging goes on with a warning, and few threads wait for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from benchmarks.postgres_server import PostgresServer
from data.label_store.database import Database
from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from serving.worker.label_access import PAUSE_SECONDS, ServiceLabels
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger
from tests.support.waiting import wait_for

PAPER = {"id": "p1", "title": "We segment depth."}
LABEL = Decision(LabelledPaper(Paper("p1", "We segment depth."), ("language/translation",)))
Answer = tuple[list[str], list[str]]
CONFIRMED: Answer = (["language/translation"], [])
PREDICTED: Answer = (
    ["vision/segmentation", "vision/3d"],
    ["the label store could not be read; confirmed areas are not considered"],
)


class Clock:
    """Time that passes when told."""

    now = 1000.0

    def __call__(self) -> float:
        """Seconds, as time.monotonic."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which the service knows when it may ask the store again."""
    clock = Clock()
    monkeypatch.setattr("serving.worker.state.ServiceLabels", partial(ServiceLabels, clock=clock))
    return clock


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of papers of every lookup."""
    counts: list[int] = []
    real = LabelStore.current_labels

    def counted(store: LabelStore, papers: list[Paper], *arguments: object) -> object:
        counts.append(len(papers))
        return real(store, papers, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(LabelStore, "current_labels", counted)
    return counts


def _tag(client: TestClient) -> Answer:
    """Areas and warnings of the paper."""
    (result,) = client.post("/tag", json={"papers": [PAPER]}).json()["results"]
    return [area["id"] for area in result["areas"]], result["warnings"]


def _confirm(client: TestClient, clock: Clock) -> None:
    """Tag with what a curator decided, as soon as this machine looks it up in the time for that."""

    def tagged() -> Answer:
        clock.now += PAUSE_SECONDS
        return _tag(client)

    wait_for(tagged, lambda answer: answer == CONFIRMED)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short times in which the label store is to answer, for tests that wait for the end of them."""
    for name in ("_LOOKUP_SECONDS", "_CHANGE_SECONDS"):
        monkeypatch.setattr(f"serving.worker.label_access.{name}", 2.0)


@pytest.fixture
def stopped_store(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, serve: Serve, clock: Clock, hasty: None
) -> Iterator[TestClient]:
    """A service whose label store, in PostgreSQL, has a label and open connections, and then stops."""
    url = postgres.new_database("stopped")
    monkeypatch.setenv("AREATAG_LABEL_STORE", url)
    with LabelStore.open() as store:
        store.add([LABEL])
    with serve(FakeTagger()) as client:
        _confirm(client, clock)

        def stored() -> int:
            clock.now += PAUSE_SECONDS
            return client.post("/feedback", json=_feedback()).status_code

        wait_for(stored, lambda status: status == 200)
        with postgres.stopped():
            yield client
        postgres.psql("postgres", 'DROP DATABASE "stopped" WITH (FORCE)')


def _feedback() -> dict[str, object]:
    return {"labels": [{"paper": {"id": "p2", "title": "We translate."}, "areas": []}]}


def test_a_stopped_database_costs_one_wait(stopped_store: TestClient, lookups: list[int], clock: Clock) -> None:
    """The first call gives up waiting; for ten seconds nobody asks again; then one does."""
    assert _tag(stopped_store) == PREDICTED
    clock.now += PAUSE_SECONDS - 0.1
    assert _tag(stopped_store) == PREDICTED
    assert len(lookups) == 1
    clock.now += 0.2
    assert _tag(stopped_store) == PREDICTED
    assert len(lookups) == 2


def test_calls_at_once_wait_with_two_threads(stopped_store: TestClient, lookups: list[int]) -> None:
    """All of them are answered, by the model alone."""
    with ThreadPoolExecutor(12) as calls:
        answers = list(calls.map(_tag, [stopped_store] * 12))
    assert answers == [PREDICTED] * 12
    assert len(lookups) == 2  # each keeps a thread until the store gives up; the other calls gave up in the queue


def test_labels_for_a_stopped_database_are_refused(stopped_store: TestClient) -> None:
    """The client is told to come back; health, tagging and the model's data are as quick as ever."""
    answer = stopped_store.post("/feedback", json=_feedback())
    assert answer.status_code == 503 and answer.headers["retry-after"] == "10"
    assert stopped_store.get("/review").status_code == 503
    assert stopped_store.get("/readyz").status_code == 200


@contextmanager
def _held(path: Path, how: str) -> Iterator[None]:
    holder = sqlite3.connect(path, isolation_level=None)
    if how == "EXCLUSIVE":
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute(f"BEGIN {how}")
    try:
        yield
    finally:
        holder.close()


def test_a_writer_of_sqlite_holds_no_lookup_up(serve: Serve, own_home: Path) -> None:
    """Also not the first lookup of a service, which opens the store."""
    with LabelStore.open() as store:
        store.add([LABEL])
    with serve(FakeTagger()) as client, _held(own_home / "labels.db", "IMMEDIATE"):
        assert _tag(client) == CONFIRMED


def test_a_locked_sqlite_file_costs_one_wait(
    serve: Serve, own_home: Path, clock: Clock, hasty: None, lookups: list[int]
) -> None:
    """Confirmed areas are back when the lock is gone and the pause over."""
    with LabelStore.open() as store:
        store.add([LABEL])
    with serve(FakeTagger()) as client:
        with _held(own_home / "labels.db", "EXCLUSIVE"):
            assert _tag(client) == PREDICTED
        assert _tag(client) == PREDICTED
        assert lookups == []
        _confirm(client, clock)


def test_a_change_waits_for_a_writer(serve: Serve, own_home: Path) -> None:
    """Another writer is at work for a moment; the label is stored after it."""
    with LabelStore.open() as store:
        store.add([LABEL])
    holder = Database(f"sqlite:///{own_home / 'labels.db'}")
    with serve(FakeTagger()) as client, ThreadPoolExecutor(1) as call:
        with holder.writing():
            answer = call.submit(client.post, "/feedback", json=_feedback())
            assert _tag(client) == CONFIRMED
        assert answer.result().json()["stored"] == 1
    holder.close()
