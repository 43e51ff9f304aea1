"""A tagger without an encoder, for tests of what surrounds it: it knows areas by words of the text."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy
from model.calibration import Calibration
from model.explain import sentences
from model.fingerprints import Fingerprints
from model.tags import Evidence, Score, TagOptions, TagResult
from tests.support.waiting import PATIENCE

TAXONOMY = Taxonomy(
    version=1,
    fields=(
        Field(
            "vision",
            "Computer vision",
            ("cs.CV",),
            (Area("vision/segmentation", "Segmentation"), Area("vision/3d", "3D")),
        ),
        Field(
            "language",
            "Language",
            (),
            (Area("language/translation", "Machine translation", "Text to text."),),
        ),
    ),
)
WORDS = ("segment", "depth", "translat")
"""The word that gives each area, in column order."""
_DEFAULT = TagOptions()


class FakeTagger:
    """Has the methods of `model.tagger.Tagger` that the service uses; counts its encoder batches."""

    def __init__(self, version: str = "fake-1", seconds: float = 0.0) -> None:
        self.version = version
        self.seconds = seconds
        self.taxonomy = TAXONOMY
        self.artefact: Any = SimpleNamespace(
            path=Path(version),
            files=(),
            taxonomy=TAXONOMY,
            encoder_name="tiny",
            metrics={"micro_f1": 0.5, "auc": float("nan")},
            card={"trained_on": "nothing", "created": "2026-01-01"},
            area_calibration=Calibration.identity(len(TAXONOMY.areas)),
            fingerprints=Fingerprints.unknown(),
        )
        self.batches: list[int] = []
        self.free = threading.Event()
        """While it is cleared, no batch ends."""
        self.free.set()

    def predict(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """Return 0.9 where an area's word occurs, else 0.1: [n, areas] (a real one adds the fields)."""
        self.batches.append(len(papers))
        time.sleep(self.seconds)
        assert self.free.wait(PATIENCE)
        if any("poison" in paper.text for paper in papers):
            raise RuntimeError("an encoder that fails on a paper")
        return np.array([[0.9 if word in p.text.lower() else 0.1 for word in WORDS] for p in papers], np.float32)

    def embed(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """Embeddings that are the predictions."""
        return self.predict(papers)

    def predict_from(
        self, embeddings: NDArray[np.float32], _papers: Sequence[Paper] | None = None
    ) -> NDArray[np.float32]:
        """The predictions that `embed` returned."""
        return embeddings

    def results(
        self, papers: Sequence[Paper], predictions: NDArray[np.float32], options: TagOptions = _DEFAULT
    ) -> list[TagResult]:
        """Apply the options as the real tagger does."""
        return [self._result(paper, row, options) for paper, row in zip(papers, predictions, strict=True)]

    def tag(self, papers: Sequence[Paper], options: TagOptions = _DEFAULT) -> list[TagResult]:
        """Tag in one step."""
        return self.results(papers, self.predict(papers), options)

    def cancel(self) -> None:
        """Calls are short."""

    def _result(self, paper: Paper, row: NDArray[np.float32], options: TagOptions) -> TagResult:
        asked = (value for value in (options.threshold, options.min_precision) if value is not None)
        threshold = next(asked, 0.5)
        scores = [
            Score.of(area, float(probability), options.language)
            for area, probability in zip(self.taxonomy.areas, row, strict=True)
            if probability >= threshold and (options.areas is None or area.id in options.areas)
        ]
        areas = tuple(sorted(scores, key=lambda score: -score.score)[: options.top_k])
        return TagResult(
            id=paper.id,
            title=paper.title,
            areas=areas,
            fields=self._fields(row, threshold, options.language),
            abstained=not areas,
            warnings=(),
            model=self.version,
            evidence={area.id: self._evidence(paper, area.id) for area in areas} if options.explain else None,
        )

    def _fields(self, row: NDArray[np.float32], threshold: float, language: str) -> tuple[Score, ...]:
        best: dict[str, float] = {}
        for number, probability in zip(self.taxonomy.field_index, row, strict=True):
            field = self.taxonomy.fields[number].id
            best[field] = max(best.get(field, 0.0), float(probability))
        return tuple(Score.of(f, best[f.id], language) for f in self.taxonomy.fields if best[f.id] >= threshold)

    def _evidence(self, paper: Paper, area: str) -> tuple[Evidence, ...]:
        word = WORDS[self.taxonomy.index(area)]
        parts = [paper.title.strip(), *sentences(paper.abstract)]
        return tuple(Evidence(part, 0.8) for part in parts if word in part.lower())
