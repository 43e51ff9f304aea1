"""Fixtures that several packages use."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from benchmarks.postgres_server import PostgresServer, postgres_programs, postgres_server
from tests.support.graphs import traced_once
from tests.support.properties import load_profiles
from tests.support.tiny import train_tiny_model

load_profiles()

_OTHER_PROCESSES = {"page", "start_server"}
"""Fixtures of tests that ask a service in a process of its own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage, which doubles the time of all Python, where it finds nothing or the same a hundred times."""
    for item in items:
        tested = getattr(item, "function", None)
        elsewhere = "benchmarks" in item.path.parts or _OTHER_PROCESSES.intersection(getattr(item, "fixturenames", ()))
        if elsewhere or (tested is not None and hypothesis.is_hypothesis_test(tested)):
            item.add_marker("no_cover")


@pytest.fixture(scope="session")
def traced_graphs() -> Iterator[None]:
    """Trainings of the tests trace the graph of an encoder once."""
    with traced_once():
        yield


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory, traced_graphs: None) -> Path:
    """A model directory trained on the tiny corpus, with its gold file beside it. Copy it before changing it."""
    return train_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for all tests."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra postgres)")
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    with postgres_server(programs) as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is started for several tests, such as a service, has an AREATAG_HOME that is not the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AREATAG_HOME", str(tmp_path_factory.mktemp("shared-home")))
        yield


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has its own AREATAG_HOME."""
    home = tmp_path / "areatag-home"
    monkeypatch.setenv("AREATAG_HOME", str(home))
    return home
