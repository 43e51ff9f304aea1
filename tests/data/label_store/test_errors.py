"""What the user reads when the database fails."""

import sqlite3

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from data.errors import AreatagError
from data.label_store.errors import LabelStoreError, display, plain_errors

SQLITE = make_url("sqlite:////srv/areatag/labels.db")
POSTGRES = make_url("postgresql+psycopg://ada:se%40cret@db.example/labels")


class _DriverError(Exception):
    """What a driver raises; PostgreSQL's has a code."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


def _message(url: str, error: Exception) -> str:
    with pytest.raises(LabelStoreError) as caught, plain_errors(make_url(url)):
        raise OperationalError("INSERT ...", {}, error)
    assert isinstance(caught.value, AreatagError)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("database or disk is full", "the disk is full"),
        ("database is locked", "other processes kept it busy"),
        ("unable to open database file", "check its permissions"),
        ("attempt to write a readonly database", "it is read-only"),
        ("file is not a database", "damaged or no SQLite file"),
        ("database disk image is malformed", "damaged or no SQLite file"),
        ("disk I/O error", "check the disk"),
    ],
)
def test_what_sqlite_says_becomes_what_to_do(text: str, reason: str) -> None:
    """The message names the file, in one sentence."""
    message = _message("sqlite:////srv/areatag/labels.db", sqlite3.OperationalError(text))
    assert message.startswith("The label store /srv/areatag/labels.db failed: ") and message.endswith(".")
    assert reason in message and "INSERT" not in message


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("53100", "disk is full"),
        ("55P03", "kept it busy"),
        ("40P01", "kept it busy"),
        ("25006", "read-only"),
        ("53300", "no free connection"),
        ("42501", "rights on the schema"),
    ],
)
def test_what_postgresql_says_is_known_by_its_code(state: str, reason: str) -> None:
    """Its texts are translated, its codes are not."""
    assert reason in _message("postgresql+psycopg://db.example/labels", _DriverError("FEHLER", state))


def test_a_database_that_does_not_answer_says_so() -> None:
    """The driver's words are kept, on one line."""
    message = _message("postgresql+psycopg://db.example/labels", _DriverError("connection\n  refused."))
    assert "it cannot be reached (connection refused); start the database" in message


def test_no_message_has_the_password() -> None:
    """Neither where the store is named nor where the driver repeats it."""
    assert "cret" not in display(POSTGRES)
    message = _message(POSTGRES.render_as_string(hide_password=False), _DriverError("no entry for ada:se@cret"))
    assert "cret" not in message and "***" in message


def test_other_errors_of_the_library_are_told_too() -> None:
    """Errors that are not the database's keep their words; errors of other kinds pass."""
    with pytest.raises(LabelStoreError, match=r"in memory failed: bad argument\."), plain_errors(make_url("sqlite://")):
        raise ArgumentError("bad argument.")
    with pytest.raises(KeyError), plain_errors(SQLITE):
        raise KeyError
