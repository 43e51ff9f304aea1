"""The model that answers now: tried before it is swapped in, and kept when its successor fails."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError
from data.papers import Paper
from model.tagger import Tagger
from serving.http import metrics
from serving.http.settings import ServiceSettings

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
        self.current: Tagger | None = None
        """None until the first model has tagged a paper."""
        self.decided = asyncio.Event()
        """Set when the first model is ready, or has failed."""
        self.failed = False
        """True when the first model did not start; the log says why, for the reason may name paths."""

    async def start(self, ref: str) -> None:
        """Load the first model and use it; a failure is kept in `failed` and logged."""
        try:
            self.use(await self.load(ref))
        except AreatagError as error:
            self.failed = True
            logger.error("The model could not be started. %s", error)
        except Exception:
            self.failed = True
            logger.exception("The model could not be started.")
        finally:
            self.decided.set()

    async def load(self, ref: str) -> Tagger:
        """Return another model when it has tagged a paper; until it is used, the old one answers.

        Raises:
            AreatagError: the reference is unknown, or the model is damaged.
        """
        return await run_in_threadpool(self._load, ref)

    def use(self, tagger: Tagger) -> None:
        """Answer with this model from the next call on; running calls keep theirs."""
        old, self.current = self.current, tagger
        if old is not None and old.version != tagger.version:
            metrics.MODEL.labels(old.version).set(0)
        metrics.MODEL.labels(tagger.version).set(1)
        self.failed = False
        logger.info("Model %s is ready.", tagger.version)

    def _load(self, ref: str) -> Tagger:
        tagger = Tagger.load(ref, device=self._settings.device, threads=self._settings.threads)
        tagger.tag([_TRIAL])
        tagger.on_tokens = metrics.TOKENS.inc
        return tagger
