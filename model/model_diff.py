"""Two models on the same papers: where their areas differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from data.papers import Paper
from model.tagger import Tagger

_CHUNK = 64


@dataclass(frozen=True, slots=True)
class PaperDifference:
    """A paper that the two models tag differently; areas by id, most probable first."""

    id: str
    title: str
    lost: tuple[str, ...]
    """Areas of the first model alone."""
    gained: tuple[str, ...]
    """Areas of the second model alone."""


@dataclass(slots=True)
class ModelDifference:
    """What two models answer on the same papers."""

    first: str
    second: str
    papers: int = 0
    areas_given: tuple[int, int] = (0, 0)
    """Areas that each model gave, over all papers."""
    areas_of_both: int = 0
    probability_difference: float = 0.0
    """Mean absolute difference of the probabilities of the areas that both models know."""
    lost: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    """Papers that lost or gained each area."""
    changed: list[PaperDifference] = field(default_factory=list)

    @property
    def agreement(self) -> float:
        """Micro-F1 of one model's areas against the other's: 1 when all are the same."""
        given = sum(self.areas_given)
        return 2 * self.areas_of_both / given if given else 1.0

    def to_record(self) -> dict[str, Any]:
        """Plain numbers and texts."""
        return {
            "first": self.first,
            "second": self.second,
            "papers": self.papers,
            "papers_changed": len(self.changed),
            "agreement": round(self.agreement, 4),
            "probability_difference": round(self.probability_difference, 5),
            "lost": dict(self.lost.most_common()),
            "gained": dict(self.gained.most_common()),
            "changed": [
                {"id": item.id, "title": item.title, "lost": item.lost, "gained": item.gained} for item in self.changed
            ],
        }


def compare_models(first: Tagger, second: Tagger, papers: Iterable[Paper]) -> ModelDifference:
    """Tag papers with both models, some at a time."""
    found = ModelDifference(first.version, second.version)
    shared = [area for area in first.taxonomy.area_ids if area in second.taxonomy]
    columns = [[tagger.taxonomy.index(area) for area in shared] for tagger in (first, second)]
    total = 0.0
    for chunk in _chunks(papers):
        predictions = [tagger.predict(chunk) for tagger in (first, second)]
        if shared:
            before, after = (rows[:, places] for rows, places in zip(predictions, columns, strict=True))
            total += float(np.abs(before - after).mean(axis=1).sum())
        results = [tagger.results(chunk, rows) for tagger, rows in zip((first, second), predictions, strict=True)]
        for paper, *answers in zip(chunk, *results, strict=True):
            _add(found, paper, *(tuple(area.id for area in answer.areas) for answer in answers))
    found.probability_difference = total / found.papers if found.papers else 0.0
    return found


def _add(found: ModelDifference, paper: Paper, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    lost = tuple(area for area in before if area not in after)
    gained = tuple(area for area in after if area not in before)
    found.papers += 1
    found.areas_given = found.areas_given[0] + len(before), found.areas_given[1] + len(after)
    found.areas_of_both += len(before) - len(lost)
    found.lost.update(lost)
    found.gained.update(gained)
    if lost or gained:
        found.changed.append(PaperDifference(paper.id, paper.title, lost, gained))


def _chunks(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    source = iter(papers)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk
