"""What helps curators in one worker process: papers to review, labels to check, and what a guide is made from.

The model looks once at each paper, and what it saw is remembered for the next call.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.label_matrix import area_targets
from data.labels import LabelledPaper
from data.papers import Paper
from model.tagger import Tagger
from serving.http.settings import ENCODER_BATCH
from serving.worker.encoder_queue import EncoderQueue
from training.curation.candidate_pool import Candidate, Pool, collect_pool
from training.curation.guide import AreaGuide, GuideWriter, add_all
from training.curation.label_checks import LabelCheck, check_labels
from training.curation.queue import ReviewItem, Seen, review_queue
from training.curation.stored_candidates import content_of, settled, stored_candidates

POOL = 512
"""Candidates at most: a sample of what is kept, the same in every call."""
MOST_CHECKED = 1000
"""Labelled papers that are checked at most."""
_MOST_REMEMBERED = 4 * POOL

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A paper as the model saw it: features float32 [features], probabilities of the areas float32 [areas]."""

    paper: Paper
    features: FloatArray
    probabilities: FloatArray


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to label next."""

    items: list[ReviewItem]
    pool: Pool
    considered: int
    """Candidates of the pool that the model has looked at so far."""
    guides: list[AreaGuide]
    """Of every area that the items ask about; no item is an example."""


class ReviewQueue:
    """Works in worker threads; what is new is looked at in small batches between those of tagging.

    Each call looks for a limited time, and the next one goes on with the rest.
    """

    def __init__(self, encoder: EncoderQueue) -> None:
        self._encoder = encoder
        self._turn = threading.Lock()
        self._tagger: Tagger | None = None
        self._views: dict[str, _View] = {}  # content id -> what the tagger saw; the oldest first

    def next(
        self,
        tagger: Tagger,
        labelled: Sequence[LabelledPaper],
        count: int,
        seconds: float,
        given: Sequence[Paper] = (),
    ) -> Proposal:
        """Return at most `count` papers to label.

        Args:
            tagger: the active model.
            labelled: what holds for every labelled paper, in the terms of the tagger's taxonomy.
            count: at most so many papers are returned.
            seconds: for looking at new candidates.
            given: candidates besides those that this machine keeps.

        Raises:
            AreatagError: the cache of tagged papers cannot be read.
        """
        done = settled(labelled)
        pool = collect_pool([*map(Candidate, given), *stored_candidates(labelled)], done, POOL, seed=0)
        with self._turn:
            views = self._look(tagger, [item.paper for item in pool.candidates], seconds)
            known = [view for content, view in self._views.items() if content in done]
        seen = [(item, view) for item, view in zip(pool.candidates, views, strict=True) if view is not None]
        if not seen:
            return Proposal([], pool, 0, [])
        looked = Seen(tuple(item for item, _ in seen), _stacked(view for _, view in seen)[1])
        items = review_queue(looked, tagger.taxonomy, count, _stacked(known)[1] if known else None)
        asked = dict.fromkeys(question.id for item in items for question in item.questions)
        writer = self._guide_writer(tagger, labelled, {content_of(item.paper) for item in items})
        return Proposal(items, pool, len(seen), writer.area_guides(asked))

    def check(self, tagger: Tagger, labelled: Sequence[LabelledPaper], seconds: float) -> LabelCheck:
        """Find labels that are probably wrong, among those whose papers the model has looked at so far.

        Args:
            tagger: the active model.
            labelled: as for `next`.
            seconds: for looking at new papers.

        Raises:
            ModuleNotFoundError: as `training.curation.label_checks.check_labels`.
        """
        some = labelled[:MOST_CHECKED]
        with self._turn:
            views = self._look(tagger, [label.paper for label in some], seconds)
        seen = [(label, view) for label, view in zip(some, views, strict=True) if view is not None]
        return check_labels(tagger, [label for label, _ in seen], lambda _: _stacked(view for _, view in seen))

    def guide(self, tagger: Tagger, labelled: Sequence[LabelledPaper], area: str) -> AreaGuide:
        """Return what annotators should know of an area, from the labels and all papers that were looked at.

        Args:
            tagger: the active model.
            labelled: as for `next`.
            area: an id of the tagger's taxonomy.
        """
        return self._guide_writer(tagger, labelled).area_guides([area])[0]

    def _guide_writer(
        self, tagger: Tagger, labelled: Sequence[LabelledPaper], besides: Set[str] = frozenset()
    ) -> GuideWriter:
        """Knows the labels and what was looked at, but for the papers of some content ids."""
        writer = GuideWriter(tagger.taxonomy)
        add_all(writer, [label.paper for label in labelled], area_targets(labelled, tagger.taxonomy))
        known = {content_of(label.paper) for label in labelled} | besides
        with self._turn:
            views = dict(self._views) if self._tagger is tagger else {}
        for content, view in views.items():
            if content not in known:
                writer.add(view.paper, view.probabilities)
        return writer

    def _look(self, tagger: Tagger, papers: Sequence[Paper], seconds: float) -> list[_View | None]:
        """Look at papers that are new; None for those for which there was no time. The caller has the turn."""
        if self._tagger is not tagger:
            self._tagger = tagger
            self._views.clear()
        contents = [content_of(paper) for paper in papers]
        new = {content: paper for content, paper in zip(contents, papers, strict=True) if content not in self._views}
        deadline = time.monotonic() + seconds
        for start in range(0, len(new), ENCODER_BATCH):
            if start and time.monotonic() > deadline:
                break
            some = dict(list(new.items())[start : start + ENCODER_BATCH])
            features, probabilities = self._encoder.look(tagger, [*some.values()])
            for row, (content, paper) in enumerate(some.items()):
                self._views[content] = _View(paper, features[row], probabilities[row])
        views = [self._views.get(content) for content in contents]
        while len(self._views) > _MOST_REMEMBERED:
            del self._views[next(iter(self._views))]
        return views


def _stacked(views: Iterable[_View]) -> tuple[FloatArray, FloatArray]:
    """Features float32 [n, features] and probabilities float32 [n, areas]."""
    pairs = [(view.features, view.probabilities) for view in views]
    features, probabilities = zip(*pairs, strict=True)
    return np.stack(features), np.stack(probabilities)
