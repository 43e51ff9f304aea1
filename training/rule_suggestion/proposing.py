"""From labels and a pool to rules: candidates, their estimated precision, and the choice among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from data.labels import LabelledPaper
from data.papers import Paper
from data.phrases import parse_pattern
from data.rules import AreaRules, Prototype
from data.taxonomy import Taxonomy, area_texts
from training.label_model.model import Floats
from training.rule_suggestion.phrase_counts import PhraseCounts, most_found
from training.rule_suggestion.precision import (
    Evidence,
    fit_prior_calibration,
    mean_probabilities,
    phrase_evidence,
    shrunk,
)
from training.rule_suggestion.prototype_scores import Embedded, PrototypeScores, fit_prototypes
from training.rule_suggestion.selection import LEAST_PRECISION, AreaCandidates, choose_rules
from training.votes.vote_matrix import Labels

Rows = npt.NDArray[np.intp]
_SMALLEST_NEIGHBOURHOOD = 5
"""Papers of the pool that the narrowest prototype tried finds; each further one finds half as many again."""
EXAMPLES = 2
CALIBRATION_FOLDS = 4
CORE_FROM = 0.5
"""Estimated precision from which a phrase is a core phrase; below it is a hint, of which it takes two."""


@dataclass(frozen=True, slots=True)
class SuggestedRule:
    """One rule with what is known of it: a phrase or, where that is "", a prototype."""

    area: int
    phrase: str
    prototype: Prototype | None
    precision: float
    known: int
    """Labelled papers it finds."""
    right: int
    """Those among them that have the area."""
    found: int
    """Papers of the pool it finds."""
    new: int
    """Those among them that neither existing rules nor better suggested ones find."""
    value: float
    examples: tuple[str, ...]
    """Titles of new papers."""

    @property
    def kind(self) -> str:
        """The key under which a rules file has it."""
        return "prototype" if self.prototype is not None else "core" if self.precision >= CORE_FROM else "hints"


@dataclass(frozen=True, slots=True)
class Material:
    """What rules are made from; `labels` int8 [labelled papers, areas] (-1: not known)."""

    taxonomy: Taxonomy
    pool: Sequence[Paper]
    labelled: Sequence[LabelledPaper]
    labels: Labels
    counts: PhraseCounts
    embedded: Embedded
    covered: npt.NDArray[np.bool_]  # [papers of the pool, areas], found by existing rules
    prototypes: bool
    """Whether prototype rules are made: they need the encoder wherever the rules are used."""


def propose_rules(material: Material, rows: Rows, count: int) -> list[SuggestedRule]:
    """The `count` best rules that the labelled papers at `rows` support, best first."""
    labels = material.labels[rows]
    prototypes = fit_prototypes(material.embedded.labels_at(rows), labels)
    counts = PhraseCounts(material.counts.phrases, material.counts.pool, material.counts.labelled[rows])
    calibration = fit_prior_calibration(_held_out_priors(material, rows))
    phrases = phrase_evidence(counts, mean_probabilities(counts, prototypes.pool_probability), labels, calibration)
    found_by = csr_matrix(counts.pool.T)
    rules: list[SuggestedRule] = []
    for area in range(labels.shape[1]):
        options = _options(material, labels, area, phrases, found_by, prototypes)
        rules.extend(_chosen_rules(material, area, options, rows[prototypes.members[area]], count))
    return sorted(rules, key=lambda rule: (-rule.value, rule.area, rule.phrase))[:count]


def _held_out_priors(material: Material, rows: Rows) -> Iterator[tuple[csr_matrix, Floats, Labels]]:
    """Mean probabilities of phrases, fitted without the labelled papers of a fold, beside those papers."""
    for fold in range(CALIBRATION_FOLDS):
        held = np.arange(len(rows)) % CALIBRATION_FOLDS == fold
        rest = rows[~held]
        prototypes = fit_prototypes(material.embedded.labels_at(rest), material.labels[rest])
        mean = mean_probabilities(material.counts, prototypes.pool_probability)
        yield material.counts.labelled[rows[held]], mean, material.labels[rows[held]]


@dataclass(frozen=True, slots=True)
class _AreaOptions:
    """The rules that one area might get: first phrases, then its prototype at several thresholds."""

    phrases: Rows  # numbers of the phrases
    thresholds: npt.NDArray[np.float64]
    evidence: Evidence  # [phrases and thresholds]
    candidates: AreaCandidates


def _options(
    material: Material, labels: Labels, area: int, phrases: Evidence, found_by: csr_matrix, prototypes: PrototypeScores
) -> _AreaOptions:
    kept = np.flatnonzero(phrases.precision[:, area] > LEAST_PRECISION)
    evidence = [Evidence(phrases.precision[kept, area], phrases.known[kept, area], phrases.right[kept, area])]
    finds = [found_by[kept]]
    thresholds = np.zeros(0)
    if material.prototypes:
        widest = most_found(len(material.pool), len(material.taxonomy.areas))
        thresholds = _thresholds(prototypes.pool_similarity[:, area], widest)
        near = prototypes.pool_similarity[:, area] >= thresholds[:, None]
        evidence.append(_prototype_evidence(labels, prototypes, area, thresholds, near))
        finds.append(csr_matrix(near.astype(np.float32)))
    joined = Evidence(
        precision=np.concatenate([part.precision for part in evidence]),
        known=np.concatenate([part.known for part in evidence]),
        right=np.concatenate([part.right for part in evidence]),
    )
    exclusive = np.arange(len(joined.precision)) >= len(kept)
    candidates = AreaCandidates(joined.precision, csr_matrix(vstack(finds)), exclusive)
    return _AreaOptions(kept, thresholds, joined, candidates)


def _chosen_rules(
    material: Material, area: int, options: _AreaOptions, members: Rows, count: int
) -> Iterator[SuggestedRule]:
    """The best rules of an area; `members` are the labelled papers whose titles its prototype has."""
    open_ = ~material.covered[:, area]
    for chosen in choose_rules(options.candidates, material.covered[:, area], count):
        number = chosen.candidate
        papers = options.candidates.finds[number].indices
        titles = (material.pool[paper].title for paper in papers[open_[papers]])
        further = number - len(options.phrases)
        yield SuggestedRule(
            area=area,
            phrase=material.counts.phrases[options.phrases[number]] if further < 0 else "",
            prototype=None if further < 0 else _prototype(material, members, area, options.thresholds[further]),
            precision=float(options.evidence.precision[number]),
            known=int(options.evidence.known[number]),
            right=int(options.evidence.right[number]),
            found=len(papers),
            new=chosen.new,
            value=chosen.value,
            examples=tuple(islice(filter(None, titles), EXAMPLES)),
        )
        open_[papers] = False


def _thresholds(similarity: npt.NDArray[np.float32], widest: float) -> npt.NDArray[np.float64]:
    """Cosines above 0 that the nearest 5, 7, 11, ... papers reach, up to `widest` papers, float64 [thresholds]."""
    nearest = -np.sort(-similarity)
    sizes = (_SMALLEST_NEIGHBOURHOOD * 1.5 ** np.arange(40)).astype(np.int64)
    at = np.floor(nearest[sizes[sizes <= min(widest, len(nearest))] - 1] * 1000) / 1000
    return np.unique(at[at > 0])


def _prototype_evidence(
    labels: Labels,
    prototypes: PrototypeScores,
    area: int,
    thresholds: npt.NDArray[np.float64],
    near: npt.NDArray[np.bool_],
) -> Evidence:
    similar = prototypes.labelled_similarity[:, area] >= thresholds[:, None]
    known = (similar & (labels[:, area] >= 0)).sum(axis=1).astype(np.float64)
    right = (similar & (labels[:, area] == 1)).sum(axis=1).astype(np.float64)
    prior = (near @ prototypes.pool_probability[:, area]) / np.maximum(near.sum(axis=1), 1)
    return shrunk(right, known, prior.astype(np.float64))


def _prototype(material: Material, members: Rows, area: int, similarity: float) -> Prototype:
    titles = [prototype_text(material.labelled[row].paper) for row in members]
    return Prototype((area_texts(material.taxonomy, phrases=False)[area], *titles), float(similarity))


def prototype_text(paper: Paper) -> str:
    """What stands for a labelled paper in a prototype: its title, or its text where there is none."""
    text = paper.title if paper.title.strip() else paper.abstract
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def rules_by_area(rules: Sequence[SuggestedRule], taxonomy: Taxonomy) -> dict[str, AreaRules]:
    """The rules as phrase and prototype sources take them."""
    found: dict[str, AreaRules] = {}
    for rule in rules:
        own = AreaRules(prototype=rule.prototype)
        if rule.kind != "prototype":
            pattern = (parse_pattern(rule.phrase),)
            own = AreaRules(core=pattern) if rule.kind == "core" else AreaRules(hints=pattern)
        area_id = taxonomy.area_ids[rule.area]
        found[area_id] = found[area_id].joined(own) if area_id in found else own
    return found
