"""A tagger without a model: an area applies when its word is in the paper."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from data.papers import Paper
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from model.fingerprints import Fingerprints
from model.tagger import Tagger
from model.tags import Evidence, Score, TagOptions, TagResult

WORDS = {"vision/segmentation": "segmentation", "language/translation": "translation"}
DEFAULTS = TagOptions()
SECONDS_A_CALL = "FAKE_TAGGER_SECONDS"
"""Environment variable: how long `FakeTagger.predict` takes."""

STUCK_AFTER = "FAKE_TAGGER_STUCK_AFTER"
"""Environment variable: after how many calls `FakeTagger.predict` ends only when cancelled, for runs to be ended."""

DIGEST = "FAKE_TAGGER_DIGEST"
"""Environment variable: what tells this model from others of its name."""


class FakeTagger:
    """Has the methods of `model.tagger.Tagger` that the commands use."""

    version = "fake-1"

    def __init__(self) -> None:
        self.taxonomy = _taxonomy()
        self.calls: list[int] = []
        self._begun = itertools.count()
        self._cancelled = threading.Event()
        self.artefact = SimpleNamespace(
            card={},
            path=Path("no model at all"),
            digest=os.environ.get(DIGEST, ""),
            fingerprints=Fingerprints.unknown(),
        )

    @classmethod
    def load(
        cls, ref: str | Path | None = None, device: str = "auto", threads: int | None = None, streams: int = 1
    ) -> FakeTagger:
        """Load nothing; ``ref`` becomes the version."""
        tagger = cls()
        tagger.version = str(ref or cls.version)
        return tagger

    def predict(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """Scores of the areas in WORDS, which depend on the length of the text: float32 [n, 2]."""
        time.sleep(float(os.environ.get(SECONDS_A_CALL, "0")))
        if next(self._begun) >= float(os.environ.get(STUCK_AFTER, "inf")):
            self._cancelled.wait()
            raise CancelledError
        self.calls.append(len(papers))
        rows = [[0.5 + 0.5 / (1 + len(p.text)) if w in p.text else 0.01 for w in WORDS.values()] for p in papers]
        return np.array(rows, np.float32).reshape(len(papers), len(WORDS))

    def results(
        self, papers: Sequence[Paper], predictions: NDArray[np.float32], options: TagOptions = DEFAULTS
    ) -> list[TagResult]:
        """Areas whose word the paper has, with a score that depends on its length."""
        return [self._tag(paper, row, options) for paper, row in zip(papers, predictions, strict=True)]

    def tag(self, papers: Sequence[Paper], options: TagOptions = DEFAULTS) -> list[TagResult]:
        """Both in one step."""
        return self.results(papers, self.predict(papers), options)

    def cancel(self) -> None:
        """End a call that is stuck."""
        self._cancelled.set()

    def embed(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """The probabilities, 0.45 where an area's word is in the paper, and then the length of the text."""
        rows = [[0.45 if self._word(area) in p.text else 0.01 for area in self.taxonomy.area_ids] for p in papers]
        return np.array([[*row, len(p.text) / 1000] for row, p in zip(rows, papers, strict=True)], np.float32)

    def predict_from(
        self, embeddings: NDArray[np.float32], _papers: Sequence[Paper] | None = None
    ) -> NDArray[np.float32]:
        """The probabilities in the embeddings (a real one adds the fields)."""
        return embeddings[:, :-1]

    def probabilities(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """Probabilities of the areas: 0.9 where its word occurs."""
        return self.predict_from(self.embed(papers)) * 2

    @staticmethod
    def _word(area: str) -> str:
        return {"vision/segmentation": "segmentation", "language/multilingual-translation": "translation"}.get(
            area, "\0"
        )

    def _tag(self, paper: Paper, row: NDArray[np.float32], options: TagOptions) -> TagResult:
        scores = {area: round(float(score), 4) for area, score in zip(WORDS, row, strict=True)}
        kept = [area for area, value in scores.items() if value >= (options.threshold or options.min_precision or 0.5)]
        own = [area for area, value in scores.items() if value >= 0.5]
        areas = tuple(Score(area, area.partition("/")[2], scores[area]) for area in kept[: options.top_k])
        fields = tuple(Score(area.id.partition("/")[0], area.id.partition("/")[0], area.score) for area in areas)
        evidence: dict[str, tuple[Evidence, ...]] = {area.id: (Evidence(paper.text, 0.2),) for area in areas}
        return TagResult(
            id=paper.id,
            title=paper.title,
            areas=areas,
            fields=fields,
            abstained=not areas,
            warnings=(),
            model=self.version,
            scores=scores if options.all_scores else None,
            evidence=evidence if options.explain else None,
            at_precision=None if options.min_precision is None else (len(kept), len(own)),
        )


@lru_cache
def _taxonomy() -> Taxonomy:
    return load_taxonomy()


def use_fake_tagger(patch: pytest.MonkeyPatch) -> None:
    """Let the commands of this process load the fake tagger.

    Only the way to load a model is replaced: a module that is imported meanwhile keeps the real class.
    """
    patch.setattr(Tagger, "load", FakeTagger.load)


if __name__ == "__main__":
    # A process of the command line with this tagger: python -m tests.serving.cli.fake_tagger label ...
    use_fake_tagger(pytest.MonkeyPatch())

    from serving.cli.main import main

    main()
