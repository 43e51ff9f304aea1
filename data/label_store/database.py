"""The database behind the label store: SQLite or PostgreSQL, connected so that a commit is on the disk.

SQLite runs in WAL mode with synchronous=FULL: every commit is flushed, readers do not wait, and writers of
several processes take turns (https://sqlite.org/wal.html).
"""

import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from data.atomic import write_error
from data.errors import UsageError
from data.label_store import tables
from data.label_store.errors import LabelStoreError, display, plain_errors
from data.label_store.location import VARIABLE

_BUSY_SECONDS = 15
_LOCK = 0x6172656174  # of PostgreSQL, for all writers of the label store
_WRITING = "areatag_writing"


class Database:
    """An open database whose tables exist and are of the version that this code knows.

    Args:
        url: "sqlite:///PATH" or "postgresql+psycopg://USER:PASSWORD@HOST/NAME".

    Raises:
        UsageError: the URL is wrong, or psycopg is missing.
        LabelStoreError: the database cannot be used, or a newer areatag made it.
    """

    def __init__(self, url: str) -> None:
        self.url = _parse(url)
        self._engine = _engine(self.url)
        with self.writing() as connection:
            self.fingerprint_key = _prepare(connection, self.url)
        if self._is_sqlite:
            _sync_folder(Path(self.url.database or ""))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store."""
        with plain_errors(self.url), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writing transaction at this time; what it did is on the disk when the block has ended."""
        with (
            plain_errors(self.url),
            self._engine.connect().execution_options(**{_WRITING: True}) as connection,
            connection.begin(),
        ):
            if not self._is_sqlite:
                connection.execute(
                    text("SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting(:name) = 'off'"),
                    {"name": "synchronous_commit"},
                )
                # One writer at a time: entries become visible in the order of their numbers.
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection

    def erase_leftovers(self) -> None:
        """Make sure that what was deleted is not in the write-ahead log any more (SQLite; else VACUUM does it)."""
        if self._is_sqlite:
            with plain_errors(self.url), self._engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert isinstance(raw, sqlite3.Connection)
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @property
    def _is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"


def _parse(url: str) -> URL:
    expected = "sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # their messages may hold the password
        raise UsageError(f"{VARIABLE} is no database URL; it must be like {expected}.") from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg") or not parsed.database:
        raise UsageError(f"{VARIABLE} cannot be {parsed.render_as_string()}; it must be like {expected}.")
    return parsed


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        _make_folder(Path(url.database or ""))
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c lock_timeout={_BUSY_SECONDS}s"
    try:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10, "options": options})
    except ModuleNotFoundError as error:
        raise UsageError(
            f"A label store in PostgreSQL needs the package {error.name}: install it with "
            "pip install 'areatag[postgres]'."
        ) from error


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(path, error) from error


def _configure_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin in _begin_sqlite; the driver would begin them late
    _use_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")  # a forgotten paper is overwritten, not only unlinked


def _use_wal(connection: sqlite3.Connection) -> None:
    """Set the mode, which the file keeps; SQLite does not wait for locks here, so this does."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a transaction that starts reading and then writes could fail when another one wrote meanwhile.
    writes = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare(connection: Connection, url: URL) -> bytes:
    """Create the tables where there are none, check their version, and return the key of the fingerprints."""
    if not inspect(connection).has_table(tables.about.name):
        tables.metadata.create_all(connection)
        first: dict[str, Any] = {"schema_version": tables.SCHEMA_VERSION, "fingerprint_key": secrets.token_hex(32)}
        connection.execute(insert(tables.about), [{"name": name, "value": str(first[name])} for name in first])
    found = {row.name: row.value for row in connection.execute(select(tables.about))}
    version = int(found["schema_version"])
    if version > tables.SCHEMA_VERSION:
        raise LabelStoreError(
            f"The label store {display(url)} has format {version}, made by a newer areatag; this one knows formats "
            f"up to {tables.SCHEMA_VERSION}: upgrade areatag."
        )
    return bytes.fromhex(found["fingerprint_key"])


def _sync_folder(path: Path) -> None:
    """Flush the folder, so that a new file is still there after a power cut."""
    with suppress(OSError):  # some file systems cannot sync a folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
