"""The tables of the label store: a change of them needs a new format and a migration."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from data.label_store import tables
from data.label_store.store import LabelStore
from data.papers import Paper
from tests.data.label_store.conftest import decision

FIRST_STORE = Path(__file__).parent / "fixtures" / "labels-0.1.0.db"
"""A store of format 1, as release 0.1.0 made it."""


def _schema(path: Path) -> set[str]:
    """The statements that make the tables and indexes of a SQLite file, without what they do not say."""
    with sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True) as connection:
        found = connection.execute("SELECT sql FROM sqlite_master WHERE name LIKE '%areatag%'").fetchall()
    connection.close()
    return {" ".join(str(sql).split()) for (sql,) in found if sql}


def test_a_new_store_is_made_as_its_format_says(tmp_path: Path) -> None:
    """Format 1 is what it was: every column, index and rule, so that all releases of it read each other's stores."""
    assert tables.SCHEMA_VERSION == 1
    with LabelStore.open(f"sqlite:///{tmp_path / 'labels.db'}") as store:
        store.add([decision(Paper("1", "Salmon"), ("fish",))])
    assert _schema(tmp_path / "labels.db") == _schema(FIRST_STORE) != set()


def test_every_store_has_a_key_of_its_own() -> None:
    """Of 32 random bytes: who has one store cannot tell which papers another one forgot."""
    found = []
    for _ in range(2):
        with tables.empty_store() as connection:
            found.append(tables.read_about(connection))
    assert [about.schema_version for about in found] == [tables.SCHEMA_VERSION] * 2
    assert [len(about.fingerprint_key) for about in found] == [32, 32]
    assert found[0].fingerprint_key != found[1].fingerprint_key


def test_an_empty_store_is_no_file_and_has_no_labels() -> None:
    """It has all tables, and what is written into it is gone."""
    for _ in range(2):
        with tables.empty_store() as connection:
            for table in (tables.entries, tables.forgotten):
                assert connection.execute(select(table)).all() == []
            connection.execute(insert(tables.forgotten), [{"fingerprint": "f", "time": "now"}])
            assert str(connection.engine.url) == "sqlite://"


def test_a_store_without_tables_says_so() -> None:
    """With an error of the database, which becomes a sentence elsewhere."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(DBAPIError, match="areatag_about"):
        tables.read_about(connection)
    engine.dispose()


def test_a_paper_is_forgotten_once() -> None:
    """And its mark names when."""
    mark = {"fingerprint": "f" * 64, "time": "now"}
    with tables.empty_store() as connection:
        connection.execute(insert(tables.forgotten), [mark])
        with pytest.raises(IntegrityError):
            connection.execute(insert(tables.forgotten), [mark])
