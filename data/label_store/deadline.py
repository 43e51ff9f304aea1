"""A deadline on the client's side for a database that is there and does not answer.

The kernel of a machine whose PostgreSQL is stopped or frozen still takes what is sent: no timeout of a statement, which
the server counts, and none of TCP ever ends the wait.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from data.label_store.errors import NoAnswer


class HasSocket(Protocol):
    """A connection of psycopg, for example."""

    def fileno(self) -> int:
        """The descriptor of its socket."""
        ...


@contextmanager
def answered_within(seconds: float, connection: HasSocket) -> Iterator[None]:
    """Shut the socket of a connection when the block takes longer, so that whoever waits for it gets an error.

    Args:
        seconds: for the whole block.
        connection: to the database server, in use by the block.

    Raises:
        NoAnswer: instead of the error that the shut socket led to.
    """
    late = threading.Event()
    # A descriptor of its own: the connection may be closed, and its number be another file's, when the time is up.
    with socket.socket(fileno=os.dup(connection.fileno())) as shared:

        def shut() -> None:
            late.set()
            with suppress(OSError):
                shared.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception as error:
            if late.is_set():
                raise NoAnswer(seconds) from error
            raise
        finally:
            timer.cancel()
