"""The label store on SQLite, and the same on a real PostgreSQL where it is installed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.postgres_server import PostgresServer
from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper

_NUMBERS = itertools.count()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """The URL of an empty database of the server."""
    return postgres.new_database(f"labels{next(_NUMBERS)}")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'labels.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[LabelStore]:
    """An empty store."""
    with LabelStore.open(url) as store:
        yield store


def decision(
    paper: Paper,
    areas: tuple[str, ...] = (),
    rejected: tuple[str, ...] = (),
    complete: bool = True,
    annotator: str = "ada",
) -> Decision:
    """A decision in one line."""
    return Decision(LabelledPaper(paper, areas, rejected, complete), annotator, "v1")
