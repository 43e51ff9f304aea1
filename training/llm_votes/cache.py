"""Answers that were paid for, on disk as soon as they arrive: a killed run continues, and no paper is paid twice.

A SQLite file under AREATAG_HOME. It holds hashes of questions and area ids: no text of a paper, no key, no address.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from data.errors import AreatagError
from data.home import make_private_database, make_private_folder

FILE_NAME = "llm-answers.db"
_BUSY_SECONDS = 30.0
_TABLE = "CREATE TABLE IF NOT EXISTS answers (question TEXT PRIMARY KEY, areas TEXT NOT NULL) WITHOUT ROWID"


class AnswerCache:
    """Area ids by question (`training.llm_votes.prompt.question_id`); several processes may share the file."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self._path = connection, path

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Open the file, made where there is none.

        Raises:
            AreatagError: it cannot be opened.
        """
        try:
            make_private_folder(path.parent)
            make_private_database(path)
            connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise _failed(path, error) from error
        with closing(connection):
            try:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(_TABLE)
            except sqlite3.Error as error:
                raise _failed(path, error) from error
            yield cls(connection, path)

    def get(self, question: str) -> tuple[str, ...] | None:
        """The areas answered before; None: not asked yet."""
        try:
            row = self._connection.execute("SELECT areas FROM answers WHERE question = ?", (question,)).fetchone()
        except sqlite3.Error as error:
            raise _failed(self._path, error) from error
        return None if row is None else tuple(json.loads(row[0]))

    def put(self, question: str, areas: tuple[str, ...]) -> None:
        """Keep an answer; it is on the disk when this returns."""
        try:
            self._connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (question, json.dumps(areas)))
        except sqlite3.Error as error:
            raise _failed(self._path, error) from error


def _failed(path: Path, error: Exception) -> AreatagError:
    return AreatagError(f"{path}: the kept answers cannot be used ({error}); free the disk, or move that file away.")
