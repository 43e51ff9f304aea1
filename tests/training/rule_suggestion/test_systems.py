"""The ways to get areas from few labels, as scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from data.papers import Paper
from data.rules import Prototype
from tests.training.rule_suggestion.corpus import TAXONOMY, labelled_papers
from tests.training.rule_suggestion.test_proposing import ALL_ROWS, _material
from tests.training.rule_suggestion.test_suggest import embed
from training.rule_suggestion.precision import PRIOR_STRENGTH
from training.rule_suggestion.proposing import SuggestedRule, propose_rules
from training.rule_suggestion.prototype_scores import similarity_scores
from training.rule_suggestion.systems import (
    SILENT,
    UNSEEN,
    Target,
    existing_scores,
    few_shot_scores,
    phrase_scores,
    system_scores,
)
from training.votes.vote_matrix import LabellingFunction, Votes

TARGET_PAPERS = [item.paper for item in labelled_papers(40, 7)]
TARGET = Target(TARGET_PAPERS, embed([paper.text for paper in TARGET_PAPERS]))
TRUTH = np.array([[number % 4 == area for area in range(4)] for number in range(40)])


def _rule(area: int, phrase: str, precision: float, prototype: Prototype | None = None) -> SuggestedRule:
    return SuggestedRule(area, phrase, prototype, precision, 5, 4, 30, 12, 1.0, ())


def test_phrases_that_are_found_together_add_up() -> None:
    """As independent witnesses, in title and abstract alike; a phrase may speak for two areas."""
    rules = [_rule(0, "ebb", 0.5), _rule(0, "salt", 0.6), _rule(1, "salt", 0.4), _rule(2, "fog", 0.9)]
    papers = [Paper("1", "The ebb", "and the salt"), Paper("2", "Salt"), Paper("3", "Nothing", "at all")]
    expected = np.array([[0.8, 0.4, 0, 0], [0.6, 0.4, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(phrase_scores(rules, papers, 4), expected, atol=1e-6)
    assert phrase_scores([], papers, 4).tolist() == [[0.0] * 4] * 3


def test_a_phrase_that_was_never_wrong_is_not_certain() -> None:
    """Its score stays below one, and finite."""
    scores = phrase_scores([_rule(0, "ebb", 1.0)], [Paper("1", "ebb")], 1)
    assert 0.99 < scores[0, 0] < 1.0


def test_few_shot_learns_each_area_from_what_is_known_of_it() -> None:
    """Open labels are left out; an area of which nothing, or only one side, is known is never more than unlikely."""
    rng = np.random.default_rng(0)
    embeddings = rng.normal(size=(60, 5)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    labels = np.full((60, 4), -1, np.int8)
    labels[:, 0] = embeddings[:, 0] > 0
    labels[:, 1] = labels[:, 0]
    labels[30:, 1] = -1
    labels[:, 2] = 1
    scores = few_shot_scores(embeddings, labels, embeddings)
    assert ((scores[:, 0] > 0) == (labels[:, 0] == 1)).mean() > 0.95
    alone = few_shot_scores(embeddings[:30], labels[:30, 1:2], embeddings)
    np.testing.assert_allclose(scores[:, 1], alone[:, 0])
    assert (scores[:, 2:] == UNSEEN).all() and scores.dtype == np.float32


class Fixed:
    """Two functions that know papers by a word."""

    functions = (LabellingFunction("good", "fixed", 0.5), LabellingFunction("bad", "fixed", 0.5))

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """The first for area 0, the second for both; one against, which is no vote for."""
        votes = np.zeros((2, len(papers), 2), np.int8)
        for number, paper in enumerate(papers):
            votes[0, number, 0] = "ebb" in paper.title
            votes[1, number, :] = "fog" in paper.title
            votes[0, number, 1] = -("fog" in paper.title)
        return votes


def test_existing_rules_are_as_good_as_the_labels_say() -> None:
    """Shrunk to what they declare; the best function that votes counts, and silence is nothing."""
    labelled = [Paper("1", "ebb"), Paper("2", "ebb"), Paper("3", "fog"), Paper("4", "ebb and fog")]
    labels = np.array([[1, 0], [1, 0], [0, 0], [-1, -1]], np.int8)
    papers = [Paper("a", "ebb"), Paper("b", "fog"), Paper("c", "ebb, fog"), Paper("d", "none")]
    good = (2 + PRIOR_STRENGTH * 0.5) / (2 + PRIOR_STRENGTH)
    bad = (0 + PRIOR_STRENGTH * 0.5) / (2 + PRIOR_STRENGTH)
    found = existing_scores([Fixed()], labelled, labels, Target(papers, np.zeros((4, 1), np.float32)))
    expected = np.array([[good, 0], [bad, bad], [good, bad], [0, 0]])
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert found.dtype == np.float32


@pytest.mark.parametrize("prototypes", [False, True])
def test_every_system_scores_every_paper(prototypes: bool) -> None:
    """Where no rule speaks, it is silent rather than unlikely; all are better than chance."""
    material = _material(prototypes)
    scores = system_scores(material, ALL_ROWS, TARGET, [], 60)
    expected = {"zero-shot", "few-shot", "suggested phrases", "existing rules", "existing and suggested"}
    assert scores.keys() == expected | ({"suggested prototypes", "suggested rules"} if prototypes else set())
    assert all(found.shape == (40, 4) for found in scores.values())
    np.testing.assert_array_equal(
        scores["zero-shot"], similarity_scores(TARGET.embeddings, material.embedded.areas, material.embedded.pool)
    )
    assert (scores["existing rules"] == SILENT).all()
    suggested = scores["suggested rules" if prototypes else "suggested phrases"]
    np.testing.assert_array_equal(scores["existing and suggested"], suggested)
    assert scores["few-shot"][TRUTH].mean() > scores["few-shot"][~TRUTH].mean()
    spoken = np.isfinite(scores["suggested phrases"])
    assert spoken[TRUTH].mean() > 0.2 > spoken[~TRUTH].mean()
    phrases = phrase_scores([r for r in propose_rules(material, ALL_ROWS, 60) if r.phrase], TARGET_PAPERS, 4)
    np.testing.assert_array_equal(np.isfinite(scores["suggested phrases"]), phrases > 0)


def test_a_prototype_speaks_for_papers_as_near_as_it_says() -> None:
    """With the precision that was estimated for it; with phrases it adds up."""
    material = _material(prototypes=True)
    scores = system_scores(material, ALL_ROWS, TARGET, [], 60)
    rules = [rule for rule in propose_rules(material, ALL_ROWS, 60) if rule.prototype is not None]
    assert rules
    found = scores["suggested prototypes"]
    silent = [area for area in range(4) if area not in {rule.area for rule in rules}]
    assert (found[:, silent] == SILENT).all()
    for rule in rules:
        spoken = found[:, rule.area] != SILENT
        assert spoken.any() and set(found[spoken, rule.area].tolist()) == {np.float32(rule.precision)}
        assert TRUTH[spoken, rule.area].mean() > 0.5
    both = np.isfinite(found) & np.isfinite(scores["suggested phrases"])
    joined = 1 - (1 - found[both]) * (1 - scores["suggested phrases"][both])
    np.testing.assert_allclose(scores["suggested rules"][both], joined, rtol=1e-5)
    assert TAXONOMY.area_ids[0] == "tides"
