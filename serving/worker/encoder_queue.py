"""The way of papers through the encoder: one by one from every call into shared batches."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from model.tagger import Tagger
from model.tags import TagOptions, TagResult
from serving.http import metrics
from serving.http.settings import ENCODER_BATCH
from serving.http.tracing import ObserveBatch

logger = logging.getLogger("areatag.service")

Predictions = NDArray[np.float32]

_CALL_WINDOW = 2 * ENCODER_BATCH
"""Papers of one call that are queued at once: a large call starves neither the encoder nor the calls behind it."""
_CALL_ROUNDS = 4
"""A larger call queues this part of it at once, so that it waits at most so many times as long as a small one."""
_PACE_MEMORY = 0.9
"""How much of the papers and seconds of past batches still counts at each new one."""
_FIRST_GUESS = (1.0, 0.02)
"""Papers and seconds before any batch: so few that the first batch overrules them."""


class TooLateError(Exception):
    """The papers of a call did not get through the encoder in time."""


@dataclass(frozen=True, slots=True)
class BatchItem:
    """A paper on its way, with the model its call took at entry, so that a swap never mixes a response."""

    paper: Paper
    tagger: Tagger
    deadline: float
    """When (time.monotonic) its call gives up; later the paper is not encoded any more."""
    observe: ObserveBatch | None = None
    entered: float = field(default_factory=time.monotonic)


Outcome = Predictions | Exception
Submit = Callable[[BatchItem], Awaitable[Outcome]]


class EncoderQueue:
    """Feeds calls into BentoML's adaptive batching, and runs the batches it makes.

    Papers go in one by one: BentoML's dispatcher then counts its pace in papers and never splits a job.
    """

    def __init__(self, submit: Submit) -> None:
        self._submit = submit
        self._encoder = threading.Lock()  # batches and explanations take turns: more threads than cores only wait
        self._papers, self._seconds = _FIRST_GUESS

    @property
    def pace(self) -> float:
        """Papers a second over the last batches."""
        return self._papers / self._seconds

    async def predict(
        self, tagger: Tagger, papers: Sequence[Paper], seconds: float, observe: ObserveBatch | None = None
    ) -> Predictions:
        """Return the predictions of a call's papers, float32 [n, areas + fields], as `Tagger.predict` does.

        Raises:
            TooLateError: they were not ready within `seconds`.
        """
        deadline = time.monotonic() + seconds
        window = asyncio.Semaphore(max(_CALL_WINDOW, len(papers) // _CALL_ROUNDS))

        async def one(paper: Paper) -> Outcome:
            async with window:
                return await self._submit(BatchItem(paper, tagger, deadline, observe))

        # Similar lengths next to each other: a batch is as slow as its longest paper.
        order = sorted(range(len(papers)), key=lambda position: len(papers[position].abstract))
        tasks = {position: asyncio.create_task(one(papers[position])) for position in order}
        try:
            _, pending = await asyncio.wait(tasks.values(), timeout=seconds)
            if pending:
                raise TooLateError
            return np.stack([_row(tasks[position].result()) for position in range(len(papers))])
        finally:
            for task in tasks.values():
                task.cancel()

    def encode(self, items: Sequence[BatchItem]) -> list[Outcome]:
        """Run one batch, in a worker thread; a row of predictions a paper, or what went wrong with it."""
        now = time.monotonic()
        outcomes: list[Outcome] = [TooLateError()] * len(items)
        by_model: dict[int, list[int]] = {}  # by identity: two models may call themselves the same
        for position, item in enumerate(items):
            if item.deadline > now:
                metrics.QUEUE_SECONDS.observe(now - item.entered)
                by_model.setdefault(id(item.tagger), []).append(position)
        for positions in by_model.values():
            tagger = items[positions[0]].tagger
            start = time.monotonic()
            rows = self._encode(tagger, [items[position].paper for position in positions])
            end = time.monotonic()
            for position, row in zip(positions, rows, strict=True):
                outcomes[position] = row
                if (observe := items[position].observe) is not None:
                    observe(start, end)
        return outcomes

    def _encode(self, tagger: Tagger, papers: Sequence[Paper]) -> list[Outcome]:
        start = time.monotonic()
        try:
            with self._encoder:
                rows = tagger.predict(papers)
        except Exception as error:
            if len(papers) == 1:
                logger.exception("The encoder failed on a paper of %d characters.", len(papers[0].text))
                return [error]
            # One paper must not fail the calls it happens to share a batch with.
            return [self._encode(tagger, [paper])[0] for paper in papers]
        self._observe(len(papers), time.monotonic() - start)
        return list(rows)

    def _observe(self, papers: int, seconds: float) -> None:
        metrics.BATCH_PAPERS.observe(papers)
        metrics.ENCODER_SECONDS.observe(seconds)
        self._papers = _PACE_MEMORY * self._papers + papers
        self._seconds = _PACE_MEMORY * self._seconds + max(seconds, 1e-4)

    def explain(
        self,
        tagger: Tagger,
        papers: Sequence[Paper],
        options: TagOptions,
        seconds: float,
        observe: ObserveBatch | None = None,
    ) -> list[TagResult]:
        """Tag with evidence, in a worker thread; a paper is a batch of its own, of itself without each sentence.

        Raises:
            TooLateError: `seconds` were over before the last paper.
        """
        deadline = time.monotonic() + seconds
        results: list[TagResult] = []
        for paper in papers:
            if time.monotonic() > deadline:
                raise TooLateError
            with self._encoder:  # let go after each paper, so that batches of other calls get their turn
                start = time.monotonic()
                results += tagger.tag([paper], options)
            if observe is not None:
                observe(start, time.monotonic())
        return results

    def look(self, tagger: Tagger, papers: Sequence[Paper]) -> tuple[Predictions, Predictions]:
        """Return features float32 [n, features] and probabilities of the areas [n, areas], in a worker thread."""
        with self._encoder:
            embeddings = tagger.embed(papers)
            return embeddings, tagger.predict_from(embeddings, papers)[:, : len(tagger.taxonomy.areas)]


def _row(outcome: Outcome) -> Predictions:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
