"""Backups of the label store, and whether it is whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, func, select

from data.atomic import atomic_path
from data.errors import AreatagError, UsageError
from data.label_store.database import Database
from data.label_store.errors import LabelStoreError, display
from data.label_store.location import label_store_url
from data.label_store.tables import entries, forgotten
from data.papers import content_id


@dataclass(frozen=True, slots=True)
class StoreReport:
    """What a label store holds, and what is wrong with it."""

    place: str
    """The file, or the URL without its password."""
    papers: int
    entries: int
    forgotten: int
    problems: tuple[str, ...] = ()
    """Sentences; none: it is whole."""


def check_store(url: str | URL | None = None) -> StoreReport:
    """Read all of the label store and compare what belongs together.

    SQLite's own check of the file comes first; PostgreSQL checks its pages itself (pg_amcheck). Then every entry: its
    areas, the content id of its text, and the entry that it withdraws.

    Raises:
        LabelStoreError: it is too damaged to be opened, or no label store.
    """
    database = Database(url or label_store_url())
    with closing(database):
        problems = [*_file_problems(database), *_entry_problems(database)]
        with database.reading() as connection:
            papers = select(func.count(entries.c.content.distinct()), func.count()).select_from(entries)
            marks = connection.execute(select(func.count()).select_from(forgotten)).scalar_one()
            return StoreReport(
                display(database.url), *connection.execute(papers).one(), marks, problems=tuple(problems)
            )


def back_up(target: Path, url: str | None = None, *, replace: bool = False) -> StoreReport:
    """Copy the label store as it is at one moment, while others go on reading and writing, and check the copy.

    Args:
        target: the file of the backup.
        url: of the store; None: the one that areatag uses.
        replace: whether an earlier file at `target` may go; it does when the new one is complete and whole.

    Raises:
        UsageError: the store is in PostgreSQL, does not exist, or is `target` itself; `target` cannot be written, or
            exists and may not go.
        AreatagError: the store is damaged, or the disk is full.
    """
    database = Database(url or label_store_url())
    with closing(database):
        source = database.path
        if source is None:
            raise UsageError(
                f"The label store is the PostgreSQL database {display(database.url)}; back it up with PostgreSQL's own "
                "program: pg_dump --table='areatag_*' --file=FILE URL."
            )
        if not source.exists():
            raise UsageError(f"There is no label store {source} to back up; nothing has been stored yet.")
        if target.resolve() in {Path(f"{source.resolve()}{suffix}") for suffix in ("", "-wal", "-shm", "-journal")}:
            raise UsageError(f"{target} is the label store itself; name another file for the backup.")
        if target.is_file() and not replace:
            raise UsageError(f"{target} exists already; name another file, or replace it with --replace.")
        with atomic_path(target) as copy:
            _copy(database, copy)
            report = check_store(URL.create("sqlite", database=str(copy)))
            if report.problems:
                raise LabelStoreError(
                    f"The label store {source} is damaged ({report.problems[0]}), so no backup was made; areatag "
                    "feedback check says what is wrong."
                )
    return report


def _copy(database: Database, target: Path) -> None:
    """SQLite's backup, in one step: a reader's view of one state, which holds no writer up."""
    with database.reading() as connection, closing(sqlite3.connect(target)) as copy:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        try:
            source.backup(copy)
            # A backup that is opened by itself, on a read-only medium perhaps, needs no log.
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
        except sqlite3.Error as error:
            raise AreatagError(
                f"The backup could not be written ({error}); check the disk, and the store with areatag feedback check."
            ) from error


def _file_problems(database: Database) -> Iterator[str]:
    if database.path is None:
        return
    with database.reading() as connection:
        for (finding,) in connection.exec_driver_sql("PRAGMA integrity_check").all():
            if finding != "ok":
                yield f"SQLite: {' '.join(finding.split())}"


def _entry_problems(database: Database) -> Iterator[str]:
    """What is wrong with the entries, in the order of their numbers."""
    contents: dict[int, str] = {}
    for row in database.rows(select(entries).order_by(entries.c.number)):
        contents[row.number] = row.content
        if not (_is_list_of_ids(row.areas) and _is_list_of_ids(row.rejected)):
            yield f"entry {row.number}: its areas cannot be read"
        if content_id(row.title, row.abstract) != row.content:
            yield f"entry {row.number}: its title and abstract are not those it was stored with"
        if row.undoes is not None and contents.get(row.undoes) != row.content:
            yield f"entry {row.number}: the entry {row.undoes} that it withdraws is not there"


def _is_list_of_ids(text: Any) -> bool:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return False
    return isinstance(found, list) and all(isinstance(item, str) for item in found)
