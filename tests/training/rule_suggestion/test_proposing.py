"""From labels and a pool to rules, on invented papers of four areas."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from data.label_matrix import area_targets
from data.papers import Paper
from data.phrases import parse_pattern
from data.rules import AreaRules, Prototype
from data.taxonomy import area_texts
from tests.training.rule_suggestion.corpus import TAXONOMY, TERMS, belongs, labelled_papers
from tests.training.rule_suggestion.test_suggest import embed
from training.rule_suggestion.phrase_counts import count_phrases
from training.rule_suggestion.proposing import (
    CORE_FROM,
    EXAMPLES,
    Material,
    SuggestedRule,
    propose_rules,
    prototype_text,
    rules_by_area,
)
from training.rule_suggestion.prototype_scores import Embedded
from training.rule_suggestion.selection import FEWEST_NEW, LEAST_PRECISION
from training.votes.vote_matrix import labels_from_targets

POOL = [item.paper for item in labelled_papers(160, 1)]
LABELLED = labelled_papers(40, 2)
ALL_ROWS = np.arange(len(LABELLED))


def _material(prototypes: bool = False) -> Material:
    papers = [item.paper for item in LABELLED]
    return Material(
        taxonomy=TAXONOMY,
        pool=POOL,
        labelled=LABELLED,
        labels=labels_from_targets(area_targets(LABELLED, TAXONOMY)),
        counts=count_phrases(TAXONOMY, POOL, papers),
        embedded=Embedded(
            pool=embed([paper.text for paper in POOL]),
            labelled=embed([paper.text for paper in papers]),
            titles=embed([prototype_text(paper) for paper in papers]),
            areas=embed(area_texts(TAXONOMY, phrases=False)),
        ),
        covered=np.zeros((len(POOL), 4), bool),
        prototypes=prototypes,
    )


@pytest.fixture(scope="module")
def material() -> Material:
    """Without prototypes."""
    return _material()


@pytest.fixture(scope="module")
def rules(material: Material) -> list[SuggestedRule]:
    """All that the labels support."""
    return propose_rules(material, ALL_ROWS, 100)


def test_rules_are_terms_of_their_area_and_the_best_come_first(rules: list[SuggestedRule]) -> None:
    """None that is wrong too often, and none that adds next to nothing."""
    assert rules and {TAXONOMY.area_ids[rule.area] for rule in rules} == set(TERMS)
    assert all(belongs(rule.phrase, TAXONOMY.area_ids[rule.area]) for rule in rules)
    assert [rule.value for rule in rules] == sorted((rule.value for rule in rules), reverse=True)
    assert all(rule.precision > LEAST_PRECISION and rule.new >= FEWEST_NEW for rule in rules)
    assert all(rule.prototype is None for rule in rules)


def test_what_is_known_of_a_rule_is_counted_on_labels_and_pool(rules: list[SuggestedRule]) -> None:
    """Papers it finds, those with the area among the labelled, and titles of new ones."""
    for rule in rules:
        area = TAXONOMY.area_ids[rule.area]
        known = [item for item in LABELLED if rule.phrase in item.paper.text.lower()]
        assert (rule.known, rule.right) == (len(known), sum(area in item.areas for item in known))
        found = [paper for paper in POOL if rule.phrase in paper.text.lower()]
        assert rule.found == len(found) >= rule.new
        assert len(rule.examples) == min(EXAMPLES, rule.new)
        assert set(rule.examples) <= {paper.title for paper in found}


def test_papers_that_are_found_already_are_not_new(material: Material, rules: list[SuggestedRule]) -> None:
    """Neither by existing rules nor by better suggested ones; an area that is covered gets no rule."""
    for area in range(4):
        own = [rule for rule in rules if rule.area == area]
        found: set[str] = set()
        for rule in own:
            papers = {paper.id for paper in POOL if rule.phrase in paper.text.lower()}
            assert rule.new == len(papers - found)
            found |= papers
    covered = material.covered.copy()
    covered[:, 1] = True
    left = propose_rules(dataclasses.replace(material, covered=covered), ALL_ROWS, 100)
    assert {rule.area for rule in left} == {0, 2, 3}
    assert [rule for rule in left if rule.area == 0] == [rule for rule in rules if rule.area == 0]


def test_as_many_as_asked_for(material: Material, rules: list[SuggestedRule]) -> None:
    """The best of all areas."""
    assert propose_rules(material, ALL_ROWS, 3) == rules[:3]
    assert propose_rules(material, ALL_ROWS, 0) == []


def test_labels_outside_the_rows_teach_nothing(material: Material) -> None:
    """So that they can test what is suggested."""
    rows = ALL_ROWS[:24]
    first = propose_rules(material, rows, 100)
    labels = material.labels.copy()
    labels[24:] = 1 - labels[24:]
    assert propose_rules(dataclasses.replace(material, labels=labels), rows, 100) == first
    assert max(rule.known for rule in first) <= 24


def test_an_area_has_one_prototype_at_most() -> None:
    """Of its own text and titles of its labelled papers, with a threshold between 0 and 1."""
    found = [rule for rule in propose_rules(_material(prototypes=True), ALL_ROWS, 100) if rule.kind == "prototype"]
    assert found and len({rule.area for rule in found}) == len(found)
    for rule in found:
        assert rule.prototype is not None and rule.phrase == "" and 0 < rule.prototype.similarity < 1
        text, *titles = rule.prototype.like
        assert text == area_texts(TAXONOMY, phrases=False)[rule.area]
        area = TAXONOMY.area_ids[rule.area]
        assert titles and set(titles) <= {item.paper.title for item in LABELLED if area in item.areas}
        assert rule.found >= 5


def _rule(area: int, phrase: str, precision: float, prototype: Prototype | None = None) -> SuggestedRule:
    return SuggestedRule(area, phrase, prototype, precision, 5, 4, 30, 12, 1.0, ())


def test_a_phrase_that_is_mostly_right_is_a_core_phrase() -> None:
    """One below is a hint."""
    assert _rule(0, "tide pool", CORE_FROM).kind == "core"
    assert _rule(0, "tide pool", CORE_FROM - 0.01).kind == "hints"
    assert _rule(0, "", 0.9, Prototype(("a",), 0.4)).kind == "prototype"


def test_rules_of_an_area_are_put_together() -> None:
    """As a rules file has them; areas without rules have no entry."""
    prototype = Prototype(("Tides", "A title"), 0.4)
    rules = [_rule(0, "ebb", 0.4), _rule(0, "tide pool", 0.8), _rule(0, "", 0.7, prototype), _rule(3, "fog", 0.9)]
    assert rules_by_area(rules, TAXONOMY) == {
        "tides": AreaRules((parse_pattern("tide pool"),), (parse_pattern("ebb"),), (), prototype),
        "clouds": AreaRules((parse_pattern("fog"),)),
    }
    assert rules_by_area([], TAXONOMY) == {}


@pytest.mark.parametrize(
    ("paper", "text"),
    [
        (Paper("1", " A  title\twith\x07 bell ", "abstract"), "A title with bell"),
        (Paper("1", " \n", "An abstract\nof lines"), "An abstract of lines"),
    ],
)
def test_a_title_stands_for_its_paper(paper: Paper, text: str) -> None:
    """On one line that can be printed; without a title the abstract does."""
    assert prototype_text(paper) == text
