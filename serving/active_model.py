"""The model that answers now: tried before it is swapped in, and kept when its successor fails."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError
from data.papers import Paper
from model.tagger import Tagger
from serving import metrics
from serving.settings import ServiceSettings

logger = logging.getLogger("areatag.service")

_TRIAL = Paper(
    id="trial",
    title="A trial paper",
    abstract="We measure how well a small encoder recognises the research area of a paper.",
)


class ActiveModel:
    """Holds the active tagger of one worker. A call takes `current` once and stays with it."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._switching = asyncio.Lock()
        self.current: Tagger | None = None
        """None until the first model has tagged a paper."""
        self.failed = False
        """True when the first model did not start; the log says why, for the reason may name paths."""

    async def start(self) -> None:
        """Make the configured model active; a failure is kept in `failed` and logged."""
        try:
            await self.switch(self._settings.model)
        except AreatagError as error:
            self.failed = True
            logger.error("The model could not be started. %s", error)
        except Exception:
            self.failed = True
            logger.exception("The model could not be started.")

    async def switch(self, ref: str | None) -> Tagger:
        """Load a model, let it tag a paper, make it active; until then, and if it fails, the old one answers.

        Raises:
            AreatagError: the reference is unknown, or the model is damaged.
        """
        async with self._switching:
            tagger = await run_in_threadpool(self._load, ref)
            old, self.current = self.current, tagger
            if old is not None and old.version != tagger.version:
                metrics.MODEL.labels(old.version).set(0)
            metrics.MODEL.labels(tagger.version).set(1)
            self.failed = False
            logger.info("Model %s is ready.", tagger.version)
            return tagger

    def _load(self, ref: str | None) -> Tagger:
        tagger = Tagger.load(ref, device=self._settings.device, threads=self._settings.threads)
        tagger.tag([_TRIAL])
        return tagger
