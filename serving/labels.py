"""The label store of one worker process of the service: opened when it is first needed, used in threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError
from data.label_store.location import label_store_exists
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.tags import TagOptions, TagResult
from serving.confirmed import apply_labels

if TYPE_CHECKING:
    from data.label_store.store import LabelStore

logger = logging.getLogger("areatag.service")

_UNREAD = "the label store could not be read; confirmed areas are not considered"


class ServiceLabels:
    """The way of the routes to the label store."""

    def __init__(self) -> None:
        self._opening = threading.Lock()
        self._store: LabelStore | None = None

    def store(self) -> LabelStore:
        """Return the open store; to be called in a thread. Raises AreatagError when it cannot be opened."""
        with self._opening:
            if self._store is None:
                # A service without labels does not pay for importing SQLAlchemy.
                from data.label_store.store import LabelStore

                self._store = LabelStore.open()
            return self._store

    async def confirm(
        self, papers: Sequence[Paper], results: list[TagResult], taxonomy: Taxonomy, options: TagOptions
    ) -> list[TagResult]:
        """Return the results with what curators decided about the papers; a failing store becomes a warning."""
        if not label_store_exists():
            return results
        try:
            labels = await run_in_threadpool(lambda: self.store().current_labels(papers, taxonomy))
        except AreatagError as error:
            logger.error("Tagged without confirmed areas. %s", error)
            return [replace(result, warnings=(*result.warnings, _UNREAD)) for result in results]
        return apply_labels(results, labels, taxonomy, options)
