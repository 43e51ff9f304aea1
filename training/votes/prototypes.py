"""Prototype rules: votes for the areas to whose typical papers, as the rules list them, a paper is similar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from data.papers import Paper
from data.rules import AreaRules
from data.taxonomy import Taxonomy
from training.votes.material import Embed, Floats32, Material
from training.votes.vote_matrix import FOR, LabellingFunction, Numbers, Rule, Votes

_SOURCE = "prototypes"
_KIND = "prototype"


def sources(material: Material) -> list[Prototypes]:
    """Where there is an encoder and an area has a prototype: one function."""
    if material.embed is None or not has_prototypes(material.rules):
        return []
    return [Prototypes(material.taxonomy, material.rules, material.embed)]


class Prototypes:
    """One function: votes for an area if the cosine of a paper and the area's prototype reaches its threshold.

    A prototype is the mean of the embeddings of its texts (nearest class mean: Snell et al., Prototypical Networks
    for Few-shot Learning, 2017). Areas without one are abstained on.
    """

    functions = (LabellingFunction("prototypes.similar", _SOURCE, expected=0.5),)

    def __init__(self, taxonomy: Taxonomy, rules: Mapping[str, AreaRules], embed: Embed) -> None:
        found = [(column, rules[area].prototype) for column, area in enumerate(taxonomy.area_ids) if area in rules]
        given = [(column, prototype) for column, prototype in found if prototype is not None]
        self._embed = embed
        self._n_areas = len(taxonomy.areas)
        self._columns = np.array([column for column, _ in given], np.intp)
        self._thresholds = np.array([prototype.similarity for _, prototype in given], np.float32)
        self._prototypes = np.stack([mean_direction(embed(prototype.like)) for _, prototype in given])
        self.rules = tuple(Rule(column, _KIND, prototype.like[0]) for column, prototype in given)

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """Votes int8 [1, papers, areas]."""
        votes = np.zeros((1, len(papers), self._n_areas), np.int8)
        if papers:
            similar = self._embed([paper.text for paper in papers]) @ self._prototypes.T >= self._thresholds
            votes[0][:, self._columns] = similar * np.int8(FOR)
        return votes

    def fired(self, papers: Sequence[Paper], votes: Votes) -> tuple[Numbers, Numbers]:
        """As `RuleSource.fired`; a rule is the prototype of one area."""
        paper, rule = np.nonzero(votes[0][:, self._columns] == FOR)
        return paper.astype(np.intp), rule.astype(np.intp)


def has_prototypes(rules: Mapping[str, AreaRules]) -> bool:
    """Whether any area has a prototype."""
    return any(area.prototype is not None for area in rules.values())


def mean_direction(embeddings: Floats32) -> Floats32:
    """The mean of float32 [texts, dimensions], scaled to length 1."""
    total = embeddings.sum(axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float32)
