"""Ids of the papers of a run, on disk: memory does not grow with the run."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Self

from data.errors import AreatagError
from data.papers import Paper, repeated_id

REPEATED_ID = repeated_id("run")
_CACHE_KIB = 16 << 10


class SeenIds:
    """Tells which papers have the id of an earlier one; a context manager.

    Keeps a hash of 64 bits an id in a temporary database of SQLite, which is a file (in /var/tmp, or where TMPDIR says)
    as soon as it has more than 16 MiB, and is gone with the process.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
            self._database.execute(f"PRAGMA {pragma}").fetchall()
        self._database.execute("CREATE TABLE seen (id INTEGER PRIMARY KEY)")
        self._database.execute("BEGIN")

    def add(self, paper: Paper) -> bool:
        """Whether the id was there before.

        Raises:
            AreatagError: the disk is full or failed.
        """
        try:
            added = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (hash(paper.id),)).rowcount
        except sqlite3.Error as error:
            raise AreatagError(
                f"The ids of the papers cannot be kept in a temporary file ({error}); "
                "free some disk space or set TMPDIR to another disk."
            ) from error
        return not added

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
