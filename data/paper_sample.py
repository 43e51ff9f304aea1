"""A uniform sample of the papers of a training, kept beside its checkpoints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import numpy as np

from data.atomic import atomic_text
from data.papers import Paper
from data.reservoir import Reservoir

FILE_NAME = "sample.jsonl"


class PaperSample:
    """Papers with an abstract, each of the stream with the same probability."""

    def __init__(self, size: int, seed: int) -> None:
        self._reservoir: Reservoir[Paper] = Reservoir(size, seed)

    @classmethod
    def of(cls, papers: Iterable[Paper], size: int, seed: int) -> Self:
        """The sample of some papers."""
        sample = cls(size, seed)
        for paper in papers:
            sample.add(paper)
        return sample

    def add(self, paper: Paper) -> None:
        """The next paper of the stream."""
        if paper.abstract.strip():
            self._reservoir.add(paper)

    def papers(self) -> list[Paper]:
        """The sample in random order."""
        papers = self._reservoir.items()
        order = np.random.default_rng(self._reservoir.seen).permutation(len(papers))
        return [papers[position] for position in order]

    def write(self, folder: Path) -> None:
        """Keep the sample in a folder."""
        with atomic_text(folder / FILE_NAME) as stream:
            for paper in self.papers():
                stream.write(json.dumps([paper.id, paper.title, paper.abstract]) + "\n")


def read_sample(folder: Path) -> list[Paper]:
    """The papers that `PaperSample.write` kept; none where there is no file."""
    path = folder / FILE_NAME
    if not path.exists():
        return []
    return [Paper(*json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
