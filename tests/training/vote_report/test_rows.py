"""Rows of the report's tables."""

import math

import numpy as np
import pytest

from training.label_model.vote_analysis import VoteCounts
from training.vote_report.rows import (
    AREAS_OF_FUNCTION,
    RULES_OF_AREA,
    advice,
    function_rows,
    rules_by_area,
    worst_areas,
)
from training.vote_report.rule_tally import RuleSummary
from training.votes.vote_matrix import LabellingFunction, Rule

FUNCTIONS = (LabellingFunction("a", "a"), LabellingFunction("b", "b"), LabellingFunction("silent", "c"))


def _counts() -> VoteCounts:
    counts = VoteCounts(FUNCTIONS, 3)
    votes = np.zeros((3, 4, 3), np.int8)
    votes[0, :3, 0] = 1  # right on 1 of 2 known papers
    votes[0, :, 1] = 1  # right on 0 of 3
    votes[1, 0, 0] = -1  # against what a says, and wrong
    labels = np.array([[1, 0, -1], [0, 0, -1], [-1, 0, -1], [1, -1, -1]], np.int8)
    counts.add(votes, labels)
    return counts


def test_a_function_is_counted_over_all_areas() -> None:
    """A silent one has no conflicts to be shared out."""
    a, b, silent = function_rows(_counts())
    assert (a.votes_for, a.votes_against, a.known_for, a.right_for) == (7, 0, 5, 1)
    assert (b.votes_for, b.votes_against, b.known_against, b.right_against) == (0, 1, 1, 0)
    assert a.papers == b.conflict == 1.0
    assert a.coverage == pytest.approx(7 / 12)
    assert a.conflict == pytest.approx(1 / 7)
    assert silent.votes_for == 0 and math.isnan(silent.conflict)


def test_the_areas_with_most_wrong_votes_come_first() -> None:
    """The share of wrong ones among the known is taken for that among all; never wrong means no row."""
    first, second = worst_areas(_counts(), 0)
    assert (first.area, first.votes, first.known, first.right, first.wrong) == (1, 4, 3, 0, 4.0)
    assert (second.area, second.wrong) == (0, 1.5)
    assert worst_areas(_counts(), 1) == []
    many = VoteCounts(FUNCTIONS[:1], 20)
    many.add(np.ones((1, 2, 20), np.int8), np.zeros((2, 20), np.int8))
    assert len(worst_areas(many, 0)) == AREAS_OF_FUNCTION


def _rule(text: str, papers: int, precision: float, area: int = 0, kind: str = "hint") -> RuleSummary:
    rule = Rule(area, kind, text)
    return RuleSummary(rule, papers, 0, 0, (0.0, 1.0), precision, usual=0.8, examples=())


def test_rules_of_an_area_begin_with_the_most_harmful() -> None:
    """Then the most frequent; rules that no paper meets are left out, and of many the last."""
    rules = [_rule("rare", 3, 0.9), _rule("bad", 50, 0.1), _rule("never", 0, 0.5), _rule("often", 90, 0.9)]
    found = rules_by_area([*rules, _rule("other", 5, 0.9, area=1)])
    assert {area: [rule.rule.text for rule in chosen] for area, chosen in found.items()} == {
        0: ["bad", "often", "rare"],
        1: ["other"],
    }
    assert len(rules_by_area([_rule(str(n), 9, 0.5) for n in range(30)])[0]) == RULES_OF_AREA


@pytest.mark.parametrize(
    ("kind", "precision", "words"),
    [
        ("core phrase", 0.5, "move it to the hints"),
        ("core phrase", 0.1, "remove it"),
        ("hint", 0.5, "Remove it"),
        ("category", 0.5, "Take the category off"),
        ("function", 0.5, "abstain"),
    ],
)
def test_advice_is_what_can_be_done_about_such_a_rule(kind: str, precision: float, words: str) -> None:
    """A phrase that is hardly ever right is no hint either."""
    assert words in advice(_rule("r", 10, precision, kind=kind))
