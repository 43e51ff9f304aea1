"""Keeping tagged papers for later retrainings, where AREATAG_CACHE_PAPERS asks for it; tagging never waits or fails."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence

from data.errors import AreatagError
from data.papers import Paper
from data.tagged_papers import remember
from model.tags import PaperTagger, TagOptions, TagResult

logger = logging.getLogger("areatag.service")

_WAITING_CALLS = 256
"""Calls whose papers wait to be written; those of further calls are not kept."""
_DEFAULT_OPTIONS = TagOptions()


class TaggedCache:
    """The cache of one worker process, written by a thread of its own that starts with the first paper."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: queue.Queue[Sequence[Paper]] = queue.Queue(_WAITING_CALLS)
        self._starting = threading.Lock()
        self._writer: threading.Thread | None = None

    def keep(self, papers: Sequence[Paper]) -> None:
        """Take note of papers and return at once; nothing happens where the limit is 0."""
        if not self._limit:
            return
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
                remember(papers, self._limit)
            except AreatagError as error:
                logger.warning("Papers are tagged and not kept. %s", error)
            finally:
                self._waiting.task_done()


class KeepingTagger:
    """A tagger that keeps the papers it has tagged."""

    def __init__(self, tagger: PaperTagger, limit: int) -> None:
        self._tagger, self._limit = tagger, limit
        self.problem: str | None = None
        """Why the last papers could not be kept; from then on none is."""

    def tag(self, papers: Sequence[Paper], options: TagOptions = _DEFAULT_OPTIONS) -> list[TagResult]:
        """What the tagger answers."""
        results = self._tagger.tag(papers, options)
        if self._limit and self.problem is None:
            try:
                remember(papers, self._limit)
            except AreatagError as error:
                self.problem = str(error)
        return results
