"""Keeping tagged papers for later retrainings, where AREATAG_CACHE_PAPERS asks for it; tagging never waits or fails."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence

from data.errors import AreatagError
from data.papers import Paper
from data.tagged_papers import remember

logger = logging.getLogger("areatag.service")

_WAITING_CALLS = 256
"""Calls whose papers wait to be written; those of further calls are not kept."""


def keep(papers: Sequence[Paper], limit: int) -> str | None:
    """Keep the latest `limit` papers; return why it failed, if it did, for the papers are tagged all the same."""
    try:
        remember(papers, limit)
    except AreatagError as error:
        return str(error)
    return None


class TaggedCache:
    """The cache of one worker process, written by a thread of its own that starts with the first paper."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: queue.Queue[Sequence[Paper]] = queue.Queue(_WAITING_CALLS)
        self._starting = threading.Lock()
        self._writer: threading.Thread | None = None

    def keep(self, papers: Sequence[Paper]) -> None:
        """Take note of papers and return at once."""
        with self._starting:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="tagged-papers", daemon=True)
                self._writer.start()
        try:
            self._waiting.put_nowait(papers)
        except queue.Full:
            logger.warning("The cache of tagged papers is behind; %d papers are not kept.", len(papers))

    def flush(self) -> None:
        """Wait until everything taken note of is written or has failed."""
        self._waiting.join()

    def _write(self) -> None:
        while True:
            papers = self._waiting.get()
            try:
                if problem := keep(papers, self._limit):
                    logger.warning("Papers are tagged and not kept. %s", problem)
            finally:
                self._waiting.task_done()
