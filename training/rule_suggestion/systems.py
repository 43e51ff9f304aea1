"""The ways to get areas from the same few labels that suggested rules are compared with, each as scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from data.papers import Paper
from data.phrases import parse_pattern
from training.rule_suggestion.precision import PRIOR_STRENGTH
from training.rule_suggestion.proposing import Material, Rows, SuggestedRule, propose_rules, prototype_text
from training.rule_suggestion.prototype_scores import similarity_scores
from training.votes.matching import PhraseMatcher
from training.votes.material import Floats32
from training.votes.prototypes import mean_direction
from training.votes.vote_matrix import FOR, Labels, VoteSource

PENALTY = 30.0
"""Inverse strength of the penalty of few-shot logistic regression on embeddings of length 1."""
SILENT = np.float32(-np.inf)
"""Score of a pair for which no rule speaks: no threshold includes it."""
UNSEEN = -20.0
"""Log-odds of an area without labelled papers in few-shot."""


@dataclass(frozen=True, slots=True)
class Target:
    """Papers to be scored, with their embeddings [n, dimensions]."""

    papers: Sequence[Paper]
    embeddings: Floats32


def system_scores(
    material: Material, rows: Rows, target: Target, existing: Sequence[VoteSource], count: int
) -> Mapping[str, Floats32]:
    """Scores float32 [papers, areas] by system; each learns from the labelled papers at `rows` alone."""
    rules = propose_rules(material, rows, count)
    phrases = phrase_scores([rule for rule in rules if rule.phrase], target.papers, material.labels.shape[1])
    scores = {
        "zero-shot": similarity_scores(target.embeddings, material.embedded.areas, material.embedded.pool),
        "few-shot": few_shot_scores(material.embedded.labelled[rows], material.labels[rows], target.embeddings),
        "suggested phrases": phrases,
    }
    suggested = phrases
    if material.prototypes:
        scores["suggested prototypes"] = _prototype_scores(material, rules, target)
        suggested = scores["suggested rules"] = _either(phrases, scores["suggested prototypes"])
    labelled = [item.paper for item in material.labelled]
    scores["existing rules"] = existing_scores(existing, [labelled[row] for row in rows], material.labels[rows], target)
    scores["existing and suggested"] = _either(scores["existing rules"], suggested)
    similar = {"zero-shot", "few-shot"}
    return {name: found if name in similar else np.where(found > 0, found, SILENT) for name, found in scores.items()}


def phrase_scores(rules: Sequence[SuggestedRule], papers: Sequence[Paper], n_areas: int) -> Floats32:
    """Noisy-or of the estimated precisions of the phrases found, float32 [papers, areas]."""
    matcher = PhraseMatcher(parse_pattern(rule.phrase) for rule in rules)
    numbers = {str(pattern): number for number, pattern in enumerate(matcher.patterns)}
    log_misses = csr_matrix(
        (
            [np.log1p(-min(rule.precision, 0.999)) for rule in rules],
            ([numbers[str(parse_pattern(rule.phrase))] for rule in rules], [rule.area for rule in rules]),
        ),
        shape=(len(numbers), n_areas),
    )
    found = np.zeros((len(papers), len(numbers)), np.float32)
    for row, paper in enumerate(papers):
        phrases = matcher.phrases_in(paper.title) | matcher.phrases_in(paper.abstract)
        found[row, list(matcher.patterns_in(phrases))] = 1.0
    return np.asarray(-np.expm1(found @ log_misses), dtype=np.float32)


def _prototype_scores(material: Material, rules: Sequence[SuggestedRule], target: Target) -> Floats32:
    vectors = dict(
        zip(map(prototype_text, (item.paper for item in material.labelled)), material.embedded.titles, strict=True)
    )
    scores = np.zeros((len(target.papers), material.labels.shape[1]), np.float32)
    for rule in rules:
        if rule.prototype is not None:
            # the first text is the area's own, the others are titles of labelled papers
            texts = [material.embedded.areas[rule.area], *(vectors[text] for text in rule.prototype.like[1:])]
            near = target.embeddings @ mean_direction(np.stack(texts)) >= rule.prototype.similarity
            scores[near, rule.area] = rule.precision
    return scores


def few_shot_scores(embeddings: Floats32, labels: Labels, target: Floats32) -> Floats32:
    """Log-odds by one logistic regression an area on frozen embeddings, float32 [papers, areas]."""
    scores = np.full((len(target), labels.shape[1]), UNSEEN, np.float32)
    for area in range(labels.shape[1]):
        known = labels[:, area] >= 0
        truth = labels[known, area] == 1
        if truth.any() and not truth.all():
            model = LogisticRegression(C=PENALTY, max_iter=300).fit(embeddings[known], truth)
            scores[:, area] = model.decision_function(target)
    return scores


def existing_scores(
    sources: Sequence[VoteSource], labelled: Sequence[Paper], labels: Labels, target: Target
) -> Floats32:
    """The precision of the best function that votes for an area, float32 [papers, areas]; 0 where none votes.

    Precisions are counted on the labelled papers and shrunk to what the functions declare.
    """
    scores = np.zeros((len(target.papers), labels.shape[1]), np.float32)
    for source in sources:
        on_labelled, on_target = source.vote(labelled) == FOR, source.vote(target.papers) == FOR
        for row, function in enumerate(source.functions):
            known = (on_labelled[row] & (labels >= 0)).sum()
            right = (on_labelled[row] & (labels == 1)).sum()
            precision = (right + PRIOR_STRENGTH * function.expected) / (known + PRIOR_STRENGTH)
            scores = np.maximum(scores, on_target[row] * np.float32(precision))
    return scores


def _either(first: Floats32, second: Floats32) -> Floats32:
    """Noisy-or of two scores."""
    return np.asarray(1 - (1 - first) * (1 - second), dtype=np.float32)
