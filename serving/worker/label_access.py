"""The label store of one worker process of the service: opened when it is first needed, used in threads of its own.

A database that does not answer stalls nothing: calls give up waiting after a while, the few threads that still wait are
freed by the store's own deadline, and for some time after a failure nobody asks it again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from data.errors import AreatagError
from data.label_store.location import label_store_file
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.tags import TagOptions, TagResult
from serving.tagging.confirmed import confirm

if TYPE_CHECKING:
    from data.label_store.store import LabelStore

logger = logging.getLogger("areatag.service")

T = TypeVar("T")

PAUSE_SECONDS = 10.0
"""Time after a failure in which the store is not asked."""
_UNANSWERED = "The label store did not answer a moment ago; it is asked again in a few seconds."
_UNREAD = "the label store could not be read; confirmed areas are not considered"
_LOOKUP_SECONDS = 2.0
"""Longest time that tagging waits for labels."""
_CHANGE_SECONDS = 20.0
"""Longest time that a call waits until labels are stored, for another writer may be at work, or until all are read."""
_THREADS = 2
"""Most threads that wait for the database to look labels up, and most that wait for anything else."""


class PausedError(AreatagError):
    """The store did not answer a moment ago, and is left alone for now."""


class ServiceLabels:
    """The way of the routes to the label store.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lookups = _Access("label-lookup", _LOOKUP_SECONDS, clock)
        self._others = _Access("label-store", _CHANGE_SECONDS, clock)
        self._file = label_store_file()

    async def confirm(
        self, papers: Sequence[Paper], results: list[TagResult], taxonomy: Taxonomy, options: TagOptions
    ) -> list[TagResult]:
        """Return the results with what curators decided about the papers; a failing store becomes a warning."""
        try:
            return await self.confirmed(papers, results, taxonomy, options)
        except AreatagError as error:
            if not isinstance(error, PausedError):
                logger.error("Tagged without confirmed areas. %s", error)
            return [result.with_warnings((), [_UNREAD]) for result in results]

    async def confirmed(
        self, papers: Sequence[Paper], results: list[TagResult], taxonomy: Taxonomy, options: TagOptions
    ) -> list[TagResult]:
        """Return the results with what curators decided about the papers; raises as `change`."""
        if not self.may_hold_labels():
            return results
        return await self._lookups.use(
            lambda store: confirm(results, papers, store, taxonomy, options), pause_always=True
        )

    def may_hold_labels(self) -> bool:
        """As `label_store_exists`, which looks up the place anew: a tenth of the time that a call takes here."""
        return self._file is None or os.path.exists(self._file)  # noqa: PTH110  # Path's takes six times as long

    async def labelled_papers(self, taxonomy: Taxonomy) -> list[LabelledPaper]:
        """Return what holds for every labelled paper; raises as `change`."""
        if not self.may_hold_labels():
            return []
        return await self._others.use(lambda store: list(store.labelled_papers(taxonomy)))

    async def change(self, work: Callable[[LabelStore], T]) -> T:
        """Return what work on the store returns.

        Raises:
            PausedError: it did not answer a moment ago; the work was not begun.
            UnconfirmedError: it did not answer in time; the work may be done or not.
            AreatagError: whatever the work raises.
        """
        return await self._others.use(work)

    def close(self) -> None:
        """End the threads and close the connections, without waiting for a database that does not answer."""
        self._lookups.close()
        self._others.close()


class _Access:
    """An open store and the threads that may wait for it."""

    def __init__(self, name: str, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds, self._clock = seconds, clock
        self._threads = ThreadPoolExecutor(_THREADS, name)
        self._opening = threading.Lock()
        self._store: LabelStore | None = None
        self._paused_until = float("-inf")

    async def use(self, work: Callable[[LabelStore], T], pause_always: bool = False) -> T:
        """Do work in a thread, and wait for it no longer than the time allows; raises as `ServiceLabels.change`.

        Args:
            work: done with the open store.
            pause_always: leave the store alone after any failure, not only where it does not answer.
        """
        self._check_pause()
        future = self._threads.submit(self._work, work, pause_always)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._seconds)
        except TimeoutError:
            self._pause()
            if future.cancelled():  # all threads wait already, so it was not begun
                raise PausedError(_UNANSWERED) from None
            # SQLAlchemy comes with the store, not with the service.
            from data.label_store.errors import UnconfirmedError

            raise UnconfirmedError(f"The label store has not answered for {self._seconds:g} s.") from None

    def close(self) -> None:
        """See `ServiceLabels.close`."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._store is not None:
            self._store.close()

    def _work(self, work: Callable[[LabelStore], T], pause_always: bool) -> T:
        self._check_pause()  # a call that waited for its turn while another one failed
        try:
            return work(self._open())
        except AreatagError as error:
            from data.label_store.errors import UnansweredError, UnconfirmedError

            if pause_always or isinstance(error, UnansweredError | UnconfirmedError):
                self._pause()
            raise

    def _open(self) -> LabelStore:
        with self._opening:
            if self._store is None:
                # A service without labels does not pay for importing SQLAlchemy.
                from data.label_store.store import LabelStore

                self._store = LabelStore.open(patience=self._seconds / 2)
            return self._store

    def _pause(self) -> None:
        self._paused_until = self._clock() + PAUSE_SECONDS

    def _check_pause(self) -> None:
        if self._clock() < self._paused_until:
            raise PausedError(_UNANSWERED)
