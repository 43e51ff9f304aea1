"""Database errors as sentences for the user, without passwords."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from data.errors import AreatagError, without_secret

_REASONS = (  # what SQLite says, or the SQLSTATE of PostgreSQL, and what to do about it
    (("disk is full", "53100"), "the disk is full; free some space and send the labels again"),
    (("is locked", "55P03", "40P01"), "other processes kept it busy for too long; try again"),
    (("unable to open",), "it cannot be opened; check its permissions and those of its folder"),
    (("readonly", "read-only", "25006"), "it is read-only; change the permissions or choose another place"),
    (("not a database", "malformed"), "it is damaged or no SQLite file; restore it from a backup or move it away"),
    (("no such table",), "it is empty or a file of another program; restore it from a backup or move it away"),
    (("disk i/o error",), "reading or writing the disk failed; check the disk and try again"),
    (("53300",), "the database has no free connection; try again later"),
    (("42501",), "the user of the database may not do this; grant it the rights on the schema"),
)


class LabelStoreError(AreatagError):
    """The label store could not be read or written; of what was being written, nothing is stored."""


class UnansweredError(LabelStoreError):
    """The database is there and does not answer: the next call would wait as long."""


class UnconfirmedError(LabelStoreError):
    """The connection broke while a change was being confirmed: it may be stored or not."""


class NoAnswer(SQLAlchemyError):
    """The database has not answered in time, and the connection is cut; `plain_errors` makes it an UnansweredError."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it has not answered for {seconds:g} s; check the database and try again")


class Unconfirmed(SQLAlchemyError):
    """The connection broke in a commit; `plain_errors` makes it an UnconfirmedError."""


@contextmanager
def plain_errors(url: URL) -> Iterator[None]:
    """Turn every SQLAlchemy error of the block into a LabelStoreError that names the store."""
    try:
        yield
    except Unconfirmed as error:
        raise UnconfirmedError(
            f"The connection to the label store {display(url)} broke before it said whether the change is stored; "
            "make it again: what is stored twice does no harm."
        ) from error
    except SQLAlchemyError as error:
        kind = UnansweredError if isinstance(error, NoAnswer) else LabelStoreError
        raise kind(f"The label store {display(url)} failed: {_reason(url, error)}.") from error


def display(url: URL) -> str:
    """Return how a message names a store: the file, or the URL without its password."""
    return url.database or "in memory" if url.get_backend_name() == "sqlite" else url.render_as_string()


def _reason(url: URL, error: SQLAlchemyError) -> str:
    original = error.orig if isinstance(error, DBAPIError) else error
    state = str(getattr(original, "sqlstate", None) or "")
    text = " ".join(str(original).split())
    for signs, reason in _REASONS:
        if any(sign == state if sign[:1].isdigit() else sign in text.lower() for sign in signs):
            return reason
    if url.password:
        text = without_secret(text, str(url.password), "***")
    if isinstance(error, DBAPIError) and not state and url.get_backend_name() != "sqlite":
        return f"it cannot be reached ({text.rstrip('.')}); start the database or correct AREATAG_LABEL_STORE"
    return text.rstrip(".")
