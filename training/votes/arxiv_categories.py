"""Distant labels from arXiv categories, by the categories that a taxonomy lists for its areas and fields."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.papers import Paper
from data.taxonomy import Taxonomy
from training.votes.material import Material
from training.votes.vote_matrix import AGAINST, FOR, LabellingFunction, Numbers, Rule, Votes

_SOURCE = "arxiv"


def sources(material: Material) -> list[ArxivCategories]:
    """The categories of the taxonomy."""
    return [ArxivCategories(material.taxonomy)]


class ArxivCategories:
    """Four functions: a first category names the area, a further one does, one names only its field, none does.

    The last votes against, and only areas far away: a sibling of a named area is never voted against.
    A paper without any category that the taxonomy knows gets no vote.
    """

    functions = (
        LabellingFunction("arxiv.primary", _SOURCE, expected=0.6),
        LabellingFunction("arxiv.other", _SOURCE, expected=0.4),
        LabellingFunction("arxiv.field", _SOURCE, expected=0.15),
        LabellingFunction("arxiv.far", _SOURCE),
    )

    def __init__(self, taxonomy: Taxonomy) -> None:
        fields = {field.id: field for field in taxonomy.fields}
        categories = sorted({c for f in taxonomy.fields for c in (*f.arxiv, *(c for a in f.areas for c in a.arxiv))})
        self._rows = {category: row for row, category in enumerate(categories)}
        shape = (len(categories) + 1, len(taxonomy.areas))  # the last row stands for unknown categories
        self._names_area = np.zeros(shape, bool)
        self._names_field = np.zeros(shape, bool)
        for column, area in enumerate(taxonomy.areas):
            field = fields[area.field_id]
            for category in area.arxiv:
                self._names_area[self._rows[category], column] = True
            for category in (*field.arxiv, *(c for sibling in field.areas for c in sibling.arxiv)):
                self._names_field[self._rows[category], column] = True
        self._rule_pairs = np.argwhere(self._names_area)
        self.rules = tuple(Rule(int(column), "category", categories[row]) for row, column in self._rule_pairs)

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """Votes int8 [4, papers, areas]."""
        unknown = len(self._rows)
        votes = np.zeros((4, len(papers), self._names_area.shape[1]), np.int8)
        for number, paper in enumerate(papers):
            rows = [self._rows.get(category, unknown) for category in paper.categories]
            if all(row == unknown for row in rows):
                continue
            primary, other = self._names_area[rows[0]], self._names_area[rows[1:]].any(axis=0)
            near = self._names_field[rows].any(axis=0)
            votes[0, number][primary] = FOR
            votes[1, number][other] = FOR
            votes[2, number][near & ~primary & ~other] = FOR
            votes[3, number][~near] = AGAINST
        return votes

    def fired(self, papers: Sequence[Paper], votes: Votes) -> tuple[Numbers, Numbers]:
        """As `RuleSource.fired`; a rule is a category that the taxonomy lists for an area."""
        first = np.searchsorted(self._rule_pairs[:, 0], np.arange(len(self._rows) + 1))  # of a category's rules
        numbers: list[int] = []
        rules: list[int] = []
        for number, paper in enumerate(papers):
            for row in {self._rows[category] for category in paper.categories if category in self._rows}:
                rules.extend(range(first[row], first[row + 1]))
                numbers.extend([number] * int(first[row + 1] - first[row]))
        return np.array(numbers, np.intp), np.array(rules, np.intp)
