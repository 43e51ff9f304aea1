"""The opt-in cache of tagged papers, from which papers are proposed for review and replayed in retrainings.

A SQLite file under AREATAG_HOME that keeps the latest AREATAG_CACHE_PAPERS papers, each once. It is a cache:
a crash may lose the last papers, never the file. Whoever may tag fills it, and nobody has looked at its papers: a
retraining learns from them only where AREATAG_REPLAY_TAGGED says so.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from data.errors import AreatagError, UsageError
from data.home import areatag_home, make_private_database, make_private_folder
from data.papers import Paper, content_id

VARIABLE = "AREATAG_CACHE_PAPERS"
REPLAY_VARIABLE = "AREATAG_REPLAY_TAGGED"
_TRUTH = {"": False, "false": False, "0": False, "no": False, "true": True, "1": True, "yes": True}
_FILE = "tagged-papers.db"
_BUSY_SECONDS = 5.0
_TABLE = """
CREATE TABLE IF NOT EXISTS papers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    content TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    abstract TEXT NOT NULL
)"""


def cached_papers_limit() -> int:
    """Return how many papers are to be kept; 0, the default: none.

    Raises:
        UsageError: AREATAG_CACHE_PAPERS is no whole number of at least 0.
    """
    value = os.environ.get(VARIABLE) or "0"
    if not value.isascii() or not value.isdecimal():
        raise UsageError(f"{VARIABLE} is {value!r}; it must be the number of papers to keep, or 0 for none.")
    return int(value)


def replay_allowed() -> bool:
    """Return whether retrainings may learn from the cached papers; not, by default.

    Raises:
        UsageError: AREATAG_REPLAY_TAGGED is neither true nor false.
    """
    value = os.environ.get(REPLAY_VARIABLE, "")
    try:
        return _TRUTH[value.strip().lower()]
    except KeyError:
        raise UsageError(f"{REPLAY_VARIABLE} is {value!r}; it must be true or false.") from None


def remember(papers: Iterable[Paper], limit: int) -> None:
    """Add papers that are not there yet, and drop the oldest above `limit`.

    Raises:
        AreatagError: the cache cannot be written.
    """
    rows = [(content_id(paper.title, paper.abstract), paper.id, paper.title, paper.abstract) for paper in papers]
    with _connected() as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR IGNORE INTO papers (content, id, title, abstract) VALUES (?, ?, ?, ?)", rows)
        oldest = "SELECT number FROM papers ORDER BY number DESC LIMIT 1 OFFSET ?"
        connection.execute(f"DELETE FROM papers WHERE number <= ({oldest})", (limit,))


def tagged_papers() -> list[Paper]:
    """Return the papers in the cache, oldest first; none where there is no cache.

    Raises:
        AreatagError: the cache cannot be read.
    """
    if not _path().exists():
        return []
    with _connected() as connection:
        rows = connection.execute("SELECT id, title, abstract FROM papers ORDER BY number").fetchall()
    return [Paper(*row) for row in rows]


def forget_tagged(paper_id: str) -> int:
    """Remove the papers with this id or content id, and return how many there were.

    Raises:
        AreatagError: the cache cannot be written.
    """
    if not _path().exists():
        return 0
    with _connected() as connection:
        with connection:
            gone = connection.execute("DELETE FROM papers WHERE id = ? OR content = ?", (paper_id, paper_id)).rowcount
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # what was deleted is in the log as well
    return gone


def _path() -> Path:
    return areatag_home() / _FILE


@contextmanager
def _connected() -> Iterator[sqlite3.Connection]:
    path = _path()
    try:
        make_private_folder(path.parent)
        make_private_database(path)
        with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA secure_delete=ON")  # a forgotten paper is overwritten, not only unlinked
            connection.execute(_TABLE)
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise AreatagError(
            f"The cache of tagged papers {path} failed ({error}); free the disk or remove it."
        ) from error
