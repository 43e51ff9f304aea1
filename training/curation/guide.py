"""`areatag guide`: what annotators should know of each area, in Markdown, made from papers and their labels.

For each area its definition, papers that are clearly of it and unlike each other, papers that are nearly of it, and
how to tell it from the siblings with which it is confused most.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from data.taxonomy import Area, Taxonomy
from training.curation.telling_phrases import phrase_counts, telling_phrases

FloatArray = NDArray[np.float32]

SURE, UNSURE = 0.6, 0.4
"""A paper is of an area from the first on; below the second it is not."""
NEAR = 0.05
"""A near miss has at least this probability of the area it misses."""
REPRESENTATIVES = 3
NEAR_MISSES = 3
SIBLINGS = 3
_KEPT = 200
"""Papers kept of each area, the surest ones, so that memory stays bounded."""


@dataclass(slots=True)
class _Seen:
    """The surest papers of an area, and the nearest misses by the sibling that has them."""

    sure: list[tuple[float, int, Paper]] = field(default_factory=list)
    missed: dict[int, list[tuple[float, int, Paper]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Confusable:
    """A sibling whose papers come near an area, and how to tell the two apart."""

    area: Area
    speaks_for_area: tuple[str, ...]
    """Phrases of the area the guide is about, against the sibling."""
    speaks_for_sibling: tuple[str, ...]
    near_misses: tuple[Paper, ...]
    """Papers of the sibling alone that are nearly of the area."""


@dataclass(frozen=True, slots=True)
class AreaGuide:
    """What annotators should know of one area."""

    area: Area
    typical: tuple[Paper, ...]
    """Papers that are clearly of it and unlike each other."""
    confusable: tuple[Confusable, ...]
    """Its siblings, the most confused first."""


class GuideWriter:
    """Collects papers with the probabilities of their areas, then writes the guide."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._seen = [_Seen() for _ in taxonomy.areas]
        self._siblings = [
            [other for other, index in enumerate(taxonomy.field_index) if index == own and other != column]
            for column, own in enumerate(taxonomy.field_index)
        ]
        self._number = itertools.count()
        self.papers = 0

    def add(self, paper: Paper, probabilities: FloatArray) -> None:
        """Take a paper into account; `probabilities` float32 [areas], NaN where nothing is known."""
        self.papers += 1
        number = next(self._number)
        for column in np.flatnonzero(probabilities >= SURE):
            _keep(self._seen[column].sure, float(probabilities[column]), number, paper)
            for missed in self._siblings[column]:
                if NEAR <= probabilities[missed] < UNSURE:
                    near = self._seen[missed].missed.setdefault(int(column), [])
                    _keep(near, float(probabilities[missed]), number, paper)

    def areas_without_papers(self) -> list[str]:
        """Ids of the areas of which no paper is sure."""
        return [area.id for area, seen in zip(self._taxonomy.areas, self._seen, strict=True) if not seen.sure]

    def area_guides(self, area_ids: Iterable[str]) -> list[AreaGuide]:
        """Return what is known of some areas."""
        columns = [self._taxonomy.index(area_id) for area_id in area_ids]
        concerned = {one for column in columns for one in (column, *self._confusable(column))}
        counts = {one: self._phrases(one) for one in concerned}
        return [self._area_guide(column, counts) for column in columns]

    def markdown(self) -> Iterator[str]:
        """Yield the lines of the guide."""
        yield "# Labelling guide"
        yield ""
        yield f"Made from {self.papers:,} papers. A paper gets each area that it contributes to, not what it only uses."
        counts = {column: self._phrases(column) for column in range(len(self._seen))}
        for one in self._taxonomy.fields:
            yield from ("", f"## {_plain(one.name)}")
            for area in one.areas:
                yield from _section(self._area_guide(self._taxonomy.index(area.id), counts))

    def _phrases(self, column: int) -> Counter[str]:
        return phrase_counts(paper for _, _, paper in self._seen[column].sure)

    def _area_guide(self, column: int, counts: Mapping[int, Counter[str]]) -> AreaGuide:
        missed = self._seen[column].missed
        return AreaGuide(
            area=self._taxonomy.areas[column],
            typical=tuple(_representative(self._seen[column].sure)),
            confusable=tuple(
                Confusable(
                    area=self._taxonomy.areas[sibling],
                    speaks_for_area=tuple(telling_phrases(counts[column], counts[sibling])),
                    speaks_for_sibling=tuple(telling_phrases(counts[sibling], counts[column])),
                    near_misses=tuple(
                        paper
                        for _, _, paper in sorted(missed[sibling], key=lambda item: (-item[0], item[1]))[:NEAR_MISSES]
                    ),
                )
                for sibling in self._confusable(column)
            ),
        )

    def _confusable(self, column: int) -> list[int]:
        """The siblings whose papers come nearest to the area, most confused first."""
        missed = self._seen[column].missed
        weight = {sibling: sum(probability for probability, _, _ in near) for sibling, near in missed.items()}
        return sorted(weight, key=lambda sibling: (-weight[sibling], sibling))[:SIBLINGS]


def add_all(writer: GuideWriter, papers: Iterable[Paper], probabilities: FloatArray) -> None:
    """Add papers (n) with probabilities float32 [n, areas]."""
    for paper, row in zip(papers, probabilities, strict=True):
        writer.add(paper, row)


def _section(guide: AreaGuide) -> Iterator[str]:
    """The lines on one area."""
    area = guide.area
    yield from ("", f"### {_plain(area.name)} (`{area.id}`)", "")
    yield _plain(area.description) or "No description; add one to the taxonomy."
    if area.phrases:
        yield from ("", f"Phrases: {', '.join(map(_plain, area.phrases))}.")
    yield from ("", "Typical papers:" if guide.typical else "Typical papers: none among those given.")
    yield from (f"- {_named(paper)}" for paper in guide.typical)
    for sibling in guide.confusable:
        other = sibling.area
        yield from ("", f"Not to be confused with {_plain(other.name)} (`{other.id}`): {_first(other.description)}")
        if sibling.speaks_for_area:
            yield f"- speaks for {_plain(area.name)}: {', '.join(sibling.speaks_for_area)}"
        if sibling.speaks_for_sibling:
            yield f"- speaks for {_plain(other.name)}: {', '.join(sibling.speaks_for_sibling)}"
        yield from (f"- near miss, {_plain(other.name)} only: {_named(paper)}" for paper in sibling.near_misses)


def _keep(best: list[tuple[float, int, Paper]], probability: float, number: int, paper: Paper) -> None:
    best.append((probability, number, paper))
    if len(best) >= 2 * _KEPT:
        best.sort(key=lambda item: (-item[0], item[1]))
        del best[_KEPT:]


def _representative(sure: list[tuple[float, int, Paper]]) -> list[Paper]:
    """Sure papers that share few words of their titles with each other."""
    chosen: list[Paper] = []
    words: list[frozenset[str]] = []
    for _, _, paper in sorted(sure, key=lambda item: (-item[0], item[1])):
        own = frozenset(phrase_counts([Paper(paper.id, paper.title or paper.abstract)]))
        if all(len(own & other) <= 0.2 * max(len(own | other), 1) for other in words):
            chosen.append(paper)
            words.append(own)
        if len(chosen) == REPRESENTATIVES:
            break
    return chosen


def _named(paper: Paper) -> str:
    return f"{_plain(paper.title) or _plain(paper.abstract)[:100]} (`{' '.join(paper.id.split()).replace('`', '')}`)"


def _first(description: str) -> str:
    """The description as the end of a sentence."""
    text = _plain(description)
    return f"that is {text[0].lower()}{text[1:].rstrip('.')}." if text else "it has no description."


def _plain(text: str) -> str:
    """Text of a file or a paper on one line, without the signs that Markdown reads."""
    for sign in "\\`*_[]<>#|":
        text = text.replace(sign, f"\\{sign}" if sign not in "<>" else {"<": "&lt;", ">": "&gt;"}[sign])
    return " ".join(text.split())
