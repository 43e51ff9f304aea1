"""The database behind the label store: a SQLite file or PostgreSQL, connected so that a commit is on the disk."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from data.errors import UsageError
from data.label_store import tables
from data.label_store.errors import LabelStoreError, display, plain_errors
from data.label_store.location import VARIABLE
from data.label_store.postgres import PostgresBackend
from data.label_store.sqlite import SqliteBackend

PATIENCE = 15.0
"""Seconds to wait for other processes, and for the database's answer."""
_ROWS_AT_ONCE = 1000


class Backend(Protocol):
    """A kind of database; see `data.label_store.sqlite` and `data.label_store.postgres`."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state of the store."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """The only writing transaction at this time."""
        ...

    def answered(self, connection: Connection) -> AbstractContextManager[None]:
        """Bounds the time that the block waits for the database."""
        ...

    def erase_leftovers(self) -> None:
        """Make sure that what was deleted cannot be read any more."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


class Database:
    """An open database. Its tables are made with the first label; until then it reads as an empty store.

    Args:
        url: "sqlite:///PATH" or "postgresql+psycopg://USER:PASSWORD@HOST/NAME".
        patience: seconds to wait for other processes, and for the database's answer.

    Raises:
        UsageError: the URL is wrong, or psycopg is missing.
        LabelStoreError: the database cannot be used, is no label store, or a newer areatag made it.
    """

    def __init__(self, url: str | URL, patience: float = PATIENCE) -> None:
        self.url = _parse(url)
        self.path = Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None
        """The file; None: the store is in PostgreSQL."""
        self._backend: Backend = (
            SqliteBackend(self.path, patience) if self.path is not None else PostgresBackend(self.url, patience)
        )
        try:
            with self.reading():
                pass  # what is wrong with it is said when it is opened
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store, for a few rows that are fetched in the block."""
        with (
            plain_errors(self.url),
            self._backend.reading() as connection,
            self._backend.answered(connection),
        ):
            self._check(connection)
            yield connection

    def rows(self, query: Any) -> Iterator[Any]:
        """Yield all rows of a query, of one state of the store, in bounded memory; the caller may take any time."""
        with plain_errors(self.url), self._backend.reading() as connection:
            with self._backend.answered(connection):
                self._check(connection)
                pages = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query).partitions()
            while True:
                with self._backend.answered(connection):
                    page = next(pages, None)
                if page is None:
                    return
                yield from page

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writing transaction at this time; what it did is on the disk when the block has ended."""
        with plain_errors(self.url), self._backend.writing() as connection:
            self._check(connection)
            yield connection

    def erase_leftovers(self) -> None:
        """Make sure that what was deleted cannot be read any more (PostgreSQL: VACUUM does it)."""
        with plain_errors(self.url):
            self._backend.erase_leftovers()

    def close(self) -> None:
        """Close all connections."""
        self._backend.close()

    def _check(self, connection: Connection) -> None:
        version = tables.read_about(connection).schema_version
        if version > tables.SCHEMA_VERSION:
            raise LabelStoreError(
                f"The label store {display(self.url)} has format {version}, made by a newer areatag; this one knows "
                f"formats up to {tables.SCHEMA_VERSION}: upgrade areatag."
            )


def _parse(url: str | URL) -> URL:
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
