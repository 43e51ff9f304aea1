"""Phrase rules: votes for the areas whose phrases stand in the title or abstract."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from data.papers import Paper
from data.phrases import Pattern, parse_pattern
from data.rules import AreaRules
from data.taxonomy import Area, Taxonomy
from training.labelling.matching import PhraseMatcher
from training.labelling.votes import FOR, LabellingFunction, Votes

_SOURCE = "phrases"
_CORE, _HINT, _UNLESS = "core", "hints", "unless"


class PhraseRules:
    """Functions for where and how often an area's phrases occur: each votes for the area or abstains.

    An area without rules is looked for by its own phrases and name. A paper with a phrase of an area's
    `unless` gets no vote for it from any of the functions.
    """

    functions = (
        LabellingFunction("phrases.title", _SOURCE, expected=0.7),  # a core phrase in the title
        LabellingFunction("phrases.core3", _SOURCE, expected=0.7),  # three different core phrases anywhere
        LabellingFunction("phrases.core2", _SOURCE, expected=0.55),
        LabellingFunction("phrases.core1", _SOURCE, expected=0.4),
        LabellingFunction("phrases.hints2", _SOURCE, expected=0.25),  # two different hints anywhere
    )

    def __init__(self, taxonomy: Taxonomy, rules: Mapping[str, AreaRules]) -> None:
        self._n_areas = len(taxonomy.areas)
        uses: dict[Pattern, list[tuple[int, str]]] = defaultdict(list)
        for column, area in enumerate(taxonomy.areas):
            found = rules.get(area.id) or own_phrases(area)
            for kind, patterns in ((_CORE, found.core), (_HINT, found.hints), (_UNLESS, found.unless)):
                for pattern in patterns:
                    uses[pattern].append((column, kind))
        self._matcher = PhraseMatcher(uses)
        self._uses = [uses[pattern] for pattern in self._matcher.patterns]

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """Votes int8 [5, papers, areas]."""
        votes = np.zeros((len(self.functions), len(papers), self._n_areas), np.int8)
        for number, paper in enumerate(papers):
            in_title = self._matcher.phrases_in(paper.title)
            anywhere = self._matcher.patterns_in(in_title | self._matcher.phrases_in(paper.abstract))
            counts = self._counts(anywhere)
            titled = {column for column, kind in self._counts(self._matcher.patterns_in(in_title)) if kind == _CORE}
            for (column, kind), count in counts.items():
                if counts.get((column, _UNLESS)):
                    continue
                if kind == _CORE:
                    votes[0, number, column] = FOR if column in titled else 0
                    votes[max(1, 4 - count) : 4, number, column] = FOR
                elif kind == _HINT and count >= 2:
                    votes[4, number, column] = FOR
        return votes

    def _counts(self, patterns: Iterable[int]) -> Counter[tuple[int, str]]:
        """How many different patterns speak for an area: {(column, kind): count}."""
        return Counter(use for pattern in patterns for use in self._uses[pattern])


def own_phrases(area: Area) -> AreaRules:
    """Rules from the taxonomy alone: the area's phrases, its name, and the parts of the name of two words or
    more.
    """
    parts = [area.name, *re.split(r",|\band\b|\bor\b|&", area.name)]
    names = [" ".join(part.lower().split()) for part in parts]
    kept = [name for number, name in enumerate(names) if name and (number == 0 or " " in name)]
    return AreaRules(core=tuple(dict.fromkeys(map(parse_pattern, (*area.phrases, *kept)))))
