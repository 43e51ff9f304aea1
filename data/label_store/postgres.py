"""The label store in PostgreSQL, which several machines may share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InvalidatePoolError

from data.errors import UsageError
from data.extras import how_to_install
from data.label_store import tables
from data.label_store.deadline import answered_within
from data.label_store.errors import NoAnswer, Unconfirmed

_LOCK = 0x6172656174  # for all writers of the label store
_LEAST_CONNECT_SECONDS = 2  # libpq takes no shorter time


class PostgresBackend:
    """Connections whose every wait for the server ends after a time.

    Args:
        patience: seconds to wait for an answer, and for another writer.

    Raises:
        UsageError: psycopg is missing.
    """

    def __init__(self, url: URL, patience: float) -> None:
        self._patience = patience
        self._made = False  # the tables have been seen
        self._engine = _engine(url, patience)
        event.listen(self._engine, "checkout", self._ping)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store; an empty one where it has no tables yet."""
        with self._engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")  # else every query sees a state of its own
            with self.answered(connection):
                transaction = connection.begin()
                made = self._has_tables(connection)
            try:
                if made:
                    yield connection
                    return
            finally:
                if not connection.invalidated:
                    with self.answered(connection):
                        transaction.rollback()
        with tables.empty_store() as nothing:
            yield nothing

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writing transaction at this time; what it did is on the server's disk when the block has ended."""
        with self._engine.connect() as connection:
            # The server ends the wait for another writer, and then there is time to say so.
            with answered_within(2 * self._patience, _raw(connection)):
                transaction = connection.begin()
                try:
                    self._begin_writing(connection)
                    yield connection
                except BaseException:
                    transaction.rollback()
                    raise
            try:
                with self.answered(connection):
                    transaction.commit()
            except (DBAPIError, NoAnswer) as error:
                if isinstance(error, DBAPIError) and not error.connection_invalidated:
                    raise  # the server said no
                raise Unconfirmed from error

    @contextmanager
    def answered(self, connection: Connection) -> Iterator[None]:
        """Cut the connection when the server does not answer what the block asks."""
        if connection.engine is not self._engine:  # the empty store
            yield
            return
        with answered_within(self._patience, _raw(connection)):
            yield

    def erase_leftovers(self) -> None:
        """Nothing to do: VACUUM of the server overwrites what was deleted."""

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _begin_writing(self, connection: Connection) -> None:
        raised = "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting(:name) = 'off'"
        connection.execute(text(raised), {"name": "synchronous_commit"})
        # One writer at a time: entries become visible in the order of their numbers.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if not self._has_tables(connection):
            tables.make_tables(connection)

    def _has_tables(self, connection: Connection) -> bool:
        self._made = self._made or inspect(connection).has_table(tables.about.name)
        return self._made

    def _ping(self, connection: Any, *_: object) -> None:
        """Look whether a kept connection still works before it is used; otherwise a new one is made."""
        try:
            with answered_within(self._patience, connection):
                self._engine.dialect.do_ping(connection)
        except Exception as error:  # of psycopg, which is imported with the engine only
            raise InvalidatePoolError from error


def _engine(url: URL, patience: float) -> Engine:
    arguments = {
        "connect_timeout": max(_LEAST_CONNECT_SECONDS, int(patience)),
        "options": f"-c lock_timeout={int(1000 * patience)}",
    }
    try:
        return create_engine(url, connect_args=arguments)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"A label store in PostgreSQL needs the package {error.name}: install it with {how_to_install('postgres')}."
        ) from error


def _raw(connection: Connection) -> Any:
    return connection.connection.driver_connection
