"""Phrase rules: votes for the areas whose phrases stand in the title or abstract."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from data.papers import Paper
from data.phrases import Pattern, parse_pattern, phrases_of_label
from data.rules import AreaRules
from data.taxonomy import Area, Taxonomy
from training.votes.matching import PhraseMatcher
from training.votes.material import Material
from training.votes.vote_matrix import FOR, LabellingFunction, Numbers, Rule, Votes

_SOURCE = "phrases"
_CORE, _HINT, _UNLESS = "core phrase", "hint", "unless"
_CORE1, _HINTS2 = 3, 4  # rows of the functions to which a core phrase and a hint are enough


def sources(material: Material) -> list[PhraseRules]:
    """The rules of all areas."""
    return [PhraseRules(material.taxonomy, material.rules)]


@dataclass(frozen=True, slots=True)
class _Found:
    """The patterns in some papers, 1 where a paper has one: two sparse int32 [papers, patterns]."""

    papers: tuple[Paper, ...]
    in_title: csr_matrix
    anywhere: csr_matrix


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
        uses: list[tuple[Pattern, int, str]] = []
        for column, area in enumerate(taxonomy.areas):
            found = rules.get(area.id, AreaRules())
            found = found if found.has_phrases else own_phrases(area)
            for kind, patterns in ((_CORE, found.core), (_HINT, found.hints), (_UNLESS, found.unless)):
                uses.extend((pattern, column, kind) for pattern in patterns)
        self._matcher = PhraseMatcher(pattern for pattern, _, _ in uses)
        numbers = {pattern: number for number, pattern in enumerate(self._matcher.patterns)}
        self._core, self._hints, self._unless = (
            _incidence(
                [(numbers[pattern], column) for pattern, column, k in uses if k == kind], numbers, taxonomy.areas
            )
            for kind in (_CORE, _HINT, _UNLESS)
        )
        voting = [(pattern, Rule(column, kind, str(pattern))) for pattern, column, kind in uses if kind != _UNLESS]
        self.rules = tuple(rule for _, rule in voting)
        pairs = [(numbers[pattern], number) for number, (pattern, _) in enumerate(voting)]
        self._rules = _incidence(pairs, numbers, self.rules)
        self._last: _Found | None = None  # papers are asked about twice in a row: for votes and for rules

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """Votes int8 [5, papers, areas]."""
        found = self._find(papers)
        core, hints = (found.anywhere @ self._core).toarray(), (found.anywhere @ self._hints).toarray()
        in_title = (found.in_title @ self._core).toarray() > 0
        allowed = (found.anywhere @ self._unless).toarray() == 0
        levels = (in_title, core >= 3, core >= 2, core >= 1, hints >= 2)
        return np.stack([level & allowed for level in levels]).astype(np.int8) * np.int8(FOR)

    def fired(self, papers: Sequence[Paper], votes: Votes) -> tuple[Numbers, Numbers]:
        """As `RuleSource.fired`; a rule is one pattern of one area."""
        paper, rule = (self._find(papers).anywhere @ self._rules).nonzero()
        area = np.array([r.area for r in self.rules], np.intp)[rule]
        row = np.array([_CORE1 if r.kind == _CORE else _HINTS2 for r in self.rules], np.intp)[rule]
        voted = votes[row, paper, area] == FOR
        return paper[voted].astype(np.intp), rule[voted].astype(np.intp)

    def _find(self, papers: Sequence[Paper]) -> _Found:
        if self._last is None or self._last.papers != tuple(papers):
            in_title: list[tuple[int, int]] = []  # paper, pattern
            anywhere: list[tuple[int, int]] = []
            for number, paper in enumerate(papers):
                title = self._matcher.phrases_in(paper.title)
                both = title | self._matcher.phrases_in(paper.abstract)
                in_title.extend((number, pattern) for pattern in self._matcher.patterns_in(title))
                anywhere.extend((number, pattern) for pattern in self._matcher.patterns_in(both))
            patterns = self._matcher.patterns
            self._last = _Found(
                tuple(papers), _incidence(in_title, papers, patterns), _incidence(anywhere, papers, patterns)
            )
        return self._last


def _incidence(pairs: Sequence[tuple[int, int]], rows: Sized, columns: Sized) -> csr_matrix:
    """Sparse int32 [rows, columns] with 1 at the pairs."""
    row, column = np.array(pairs, np.intp).reshape(-1, 2).T
    return csr_matrix((np.ones(len(row), np.int32), (row, column)), shape=(len(rows), len(columns)))


def own_phrases(area: Area) -> AreaRules:
    """Rules from the taxonomy alone: the area's phrases, its name, and the name's parts of two words or more."""
    parts = [area.name, *re.split(r",|\band\b|\bor\b|&", area.name)]
    names = [" ".join(part.lower().split()) for part in parts]
    kept = [name for number, name in enumerate(names) if name and (number == 0 or " " in name)]
    named = [pattern for name in kept for pattern in phrases_of_label(name)]
    return AreaRules(core=tuple(dict.fromkeys(map(parse_pattern, (*area.phrases, *named)))))
