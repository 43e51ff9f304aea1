"""`python -m benchmarks.scale.stub label ...`: the command line with a model that takes no time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from data.taxonomy_file import load_taxonomy
from model.tagger import Tagger
from model.tags import Score, TagOptions, TagResult


class StubTagger:
    """Has the methods of `model.tagger.Tagger` that labelling uses; gives every paper the same area."""

    version = "stub"

    def __init__(self) -> None:
        self.taxonomy = load_taxonomy()
        self.artefact = SimpleNamespace(digest="")
        self._columns = len(self.taxonomy.areas) + len(self.taxonomy.fields) + 1

    def predict(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """As many numbers as a model gives, float32 [n, columns]."""
        return np.full((len(papers), self._columns), 0.5, np.float32)

    def results(
        self, papers: Sequence[Paper], predictions: NDArray[np.float32], options: TagOptions
    ) -> list[TagResult]:
        """One area a paper."""
        area, field = self.taxonomy.areas[0], self.taxonomy.fields[0]
        return [
            TagResult(p.id, p.title, (Score.of(area, float(r[0])),), (Score.of(field, 0.5),), False, (), self.version)
            for p, r in zip(papers, predictions, strict=True)
        ]

    def cancel(self) -> None:
        """Nothing takes long."""


def _load(ref: str | Path | None = None, device: str = "", threads: int | None = None, streams: int = 1) -> StubTagger:
    return StubTagger()


if __name__ == "__main__":
    Tagger.load = _load  # type: ignore[assignment,method-assign]

    from serving.cli.main import main

    main()
