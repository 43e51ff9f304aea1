"""The label store in a SQLite file: every commit is on the disk, and reading needs no right to write.

SQLite runs in WAL mode with synchronous=FULL: every commit is flushed, readers do not wait, and writers of
several processes take turns (https://sqlite.org/wal.html).
"""

import os
import secrets
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, Pool, QueuePool

from data.atomic import write_error
from data.home import close_to_others, in_home, make_private_database, make_private_folder
from data.label_store import tables
from data.label_store.errors import LabelStoreError

_NOT_WRITABLE = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
"""What SQLite says where it cannot make the files beside the database that coordinate readers and writers."""

_Configure = Callable[[sqlite3.Connection, object], None]


class SqliteBackend:
    """Connections to a file, which is made with the first label.

    Args:
        patience: seconds to wait for another process that holds the file.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self._path = path.absolute()
        self._patience = patience
        self._opened: tuple[int, int] | None = None  # device and number of the file behind the connections
        self._reader = self._engine("mode=rw", _look_only, "BEGIN")
        self._frozen = self._engine("mode=ro&immutable=1", _look_only, "BEGIN", NullPool)
        # IMMEDIATE: a transaction that starts reading and then writes could fail when another one wrote meanwhile.
        self._writer = self._engine("mode=rw", self._make_durable, "BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store; an empty one where there is no file yet."""
        if not self._is_there():
            with tables.empty_store() as nothing:
                yield nothing
            return
        try:
            connection = self._reader.connect()
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF not in _NOT_WRITABLE:
                raise
            with self._unchanged(), self._frozen.begin() as frozen:
                yield frozen
        else:
            with connection, connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writing transaction at this time; what it did is on the disk when the block has ended."""
        if not self._is_there():
            _make_store(self._path)
            self._is_there()
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def answered(self, _: Connection) -> Iterator[None]:
        """Nothing to do: SQLite itself gives up waiting for others."""
        yield

    def erase_leftovers(self) -> None:
        """Make sure that what was deleted is not in the write-ahead log any more."""
        with self._writer.connect() as connection:
            _raw(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close all connections."""
        self._reader.dispose()
        self._writer.dispose()

    def _is_there(self) -> bool:
        """Whether there is a file; the connections to another one that was in its place are closed."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            identity = None
        except OSError as error:
            raise LabelStoreError(
                f"The label store {self._path} cannot be opened ({error.strerror}); check its path and permissions."
            ) from error
        else:
            if not stat.S_ISREG(found.st_mode):
                raise LabelStoreError(
                    f"The label store {self._path} cannot be opened: it is no file; correct its path."
                )
            identity = found.st_dev, found.st_ino
        if identity != self._opened:
            self.close()
            if self._opened is not None and identity is not None and _has_log(self._path):
                raise LabelStoreError(
                    f"The label store {self._path} was replaced while it was in use; stop all that use it, remove "
                    f"{self._path.name}-wal, which belongs to the file before, and start again."
                )
            self._opened = identity
            if in_home(self._path):
                for path in (self._path, *_logs(self._path)):
                    close_to_others(path)
        return identity is not None

    @contextmanager
    def _unchanged(self) -> Iterator[None]:
        """Read the file as it lies there, without locks: on a read-only mount, or a full disk.

        Raises:
            LabelStoreError: that would miss labels which are in the log, or somebody wrote meanwhile.
        """
        before = self._state()
        if before[-1]:
            raise LabelStoreError(
                f"The label store {self._path} has labels in {self._path.name}-wal that cannot be read without "
                "writing; free the disk, or run areatag feedback check once where it may write."
            )
        yield
        if self._state() != before:
            raise LabelStoreError(f"The label store {self._path} was changed while it was read; try again.")

    def _state(self) -> tuple[int, int, int, bool]:
        """File number, time of the last change [ns], and size [bytes] of the file; and whether it has a log."""
        found = self._path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size, _has_log(self._path)

    def _engine(self, how: str, configure: _Configure, begin: str, pool: type[Pool] = QueuePool) -> Engine:
        address = f"{self._path.as_uri()}?{how}"  # mode=rw: a file that is not there is not made

        def connect() -> sqlite3.Connection:
            return sqlite3.connect(address, uri=True, timeout=self._patience, check_same_thread=False)

        engine = create_engine("sqlite://", creator=connect, poolclass=pool)
        event.listen(engine, "connect", _begin_ourselves)
        event.listen(engine, "connect", configure)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    def _make_durable(self, connection: sqlite3.Connection, _: object) -> None:
        _use_wal(connection, self._patience)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")  # a forgotten paper is overwritten, not only unlinked


def _make_store(path: Path) -> None:
    """Make a complete, empty store at once: a process killed meanwhile leaves none, and two of them one.

    Raises:
        LabelStoreError: the log of a store that is gone would be taken for that of the new one.
    """
    temporary = path.with_name(f".areatag-{secrets.token_hex(4)}.tmp")
    if _has_log(path):
        raise LabelStoreError(
            f"The label store {path} is gone, but its log {path.name}-wal is not; restore the store from a backup, "
            "or remove the log to begin a new one."
        )
    try:
        make_private_folder(path.parent)
        make_private_database(temporary)
        _fill(temporary)
        try:
            os.link(temporary, path)  # unlike a rename it fails where another process was faster
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            temporary.rename(path)
        # SQLite syncs the folder when it makes the log of the first label.
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        for leftover in (temporary, *_logs(temporary)):
            leftover.unlink(missing_ok=True)


def _fill(path: Path) -> None:
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(path), poolclass=NullPool)
    event.listen(engine, "connect", _begin_ourselves)
    event.listen(engine, "connect", lambda connection, _: _use_wal(connection, 0))
    with engine.begin() as connection:
        tables.make_tables(connection)
    # SQLite has moved the log into the file, and both to the disk, when the last connection is closed.


def _logs(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def _has_log(path: Path) -> bool:
    """Whether there are changes that are not moved into the file yet."""
    log, _ = _logs(path)
    return log.exists() and log.stat().st_size > 0


def _begin_ourselves(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions late


def _look_only(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA query_only=ON")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchall()  # fails now where it cannot be read so


def _use_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Set the mode, which the file keeps; SQLite does not wait for locks here, so this does."""
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw
