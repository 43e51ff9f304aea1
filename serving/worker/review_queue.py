"""The review queue of one worker process: candidates that the service keeps, looked at once by each model."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.labels import LabelledPaper
from model.tagger import Tagger
from serving.http.settings import ENCODER_BATCH
from serving.worker.encoder_queue import EncoderQueue
from training.curation.candidate_pool import Candidate, collect_pool
from training.curation.queue import ReviewItem, Seen, review_queue
from training.curation.stored_candidates import content_of, settled, stored_candidates

POOL = 512
"""Candidates at most: a sample of what is kept, the same in every call."""
_MOST_REMEMBERED = 4 * POOL

Views = tuple[NDArray[np.float32], NDArray[np.float32]]


class ReviewQueue:
    """Finds what to label next, in worker threads."""

    def __init__(self, encoder: EncoderQueue) -> None:
        self._encoder = encoder
        self._turn = threading.Lock()
        self._tagger: Tagger | None = None
        self._views: dict[str, Views] = {}  # content id -> what the tagger saw; the oldest first

    def next(
        self, tagger: Tagger, labelled: Sequence[LabelledPaper], count: int, seconds: float
    ) -> tuple[list[ReviewItem], int, int]:
        """Return at most `count` papers, and how many candidates there are and how many were looked at.

        New candidates are looked at for at most `seconds`, in small batches between those of tagging; the next call
        goes on with the rest.

        Args:
            tagger: the active model.
            labelled: what holds for every labelled paper, in the terms of the tagger's taxonomy.
            count: at most so many papers are returned.
            seconds: for looking at new candidates.

        Raises:
            AreatagError: the cache of tagged papers cannot be read.
        """
        done = settled(labelled)
        candidates = collect_pool(stored_candidates(labelled), done, POOL, seed=0).candidates
        with self._turn:
            self._look(tagger, candidates, time.monotonic() + seconds)
            seen = [item for item in candidates if content_of(item.paper) in self._views]
            if not seen:
                return [], len(candidates), 0
            views = [self._views[content_of(item.paper)] for item in seen]
            known = [view for content, view in self._views.items() if content in done]
        looked = Seen(tuple(seen), *_stacked(views))
        items = review_queue(looked, tagger.taxonomy, count, _stacked(known) if known else None)
        return items, len(candidates), len(seen)

    def _look(self, tagger: Tagger, candidates: list[Candidate], deadline: float) -> None:
        if self._tagger is not tagger:
            self._tagger = tagger
            self._views.clear()
        new = [item.paper for item in candidates if content_of(item.paper) not in self._views]
        for start in range(0, len(new), ENCODER_BATCH):
            if start and time.monotonic() > deadline:
                return
            papers = new[start : start + ENCODER_BATCH]
            for paper, *view in zip(papers, *self._encoder.look(tagger, papers), strict=True):
                self._views[content_of(paper)] = (view[0], view[1])
        while len(self._views) > _MOST_REMEMBERED:
            del self._views[next(iter(self._views))]


def _stacked(views: Sequence[Views]) -> Views:
    embeddings, probabilities = zip(*views, strict=True)
    return np.stack(embeddings), np.stack(probabilities)
