"""What areas lack, from figures given directly."""

import numpy as np

from data.papers import Paper
from training.vote_report.area_evidence import AreaSummary, AreaTotals


def area(**figures: int) -> AreaSummary:
    """An area with enough of everything but for the figures given."""
    enough = {"likely": 50, "recorded": 20, "rule_papers": 60, "known": 20, "right": 15, "rules": 9, "rules_fired": 9}
    return AreaSummary(column=0, expected=50.0, missed=(), **{**enough, **figures})


def test_enough_evidence_has_no_gap() -> None:
    """Fifty likely papers, twenty recorded, nine rules that find most of them."""
    assert area().gaps(votes_recorded=True) == ()


def test_every_lack_is_named() -> None:
    """Each figure that is too small gives its own sentence."""
    for figures, words in (
        ({"rules_fired": 0}, "No rule ever votes"),
        ({"rules_fired": 3}, "Only 3 of its 9 rules"),
        ({"right": 5}, "No rule finds 15 of its 20 recorded papers"),
        ({"recorded": 0, "right": 0}, "No recorded papers"),
        ({"likely": 3}, "3 likely papers"),
    ):
        (sentence,) = area(**figures).gaps(votes_recorded=True)
        assert sentence.startswith(words)


def test_recorded_papers_are_not_missed_where_nobody_recorded_any() -> None:
    """Without recorded votes at all, no single area is blamed for it."""
    assert area(recorded=0, right=0, known=0).gaps(votes_recorded=False) == ()


def test_papers_that_no_rule_finds_are_kept() -> None:
    """A recorded paper without a vote of a rule is an example for the area; totals leave uncovered pairs out."""
    totals = AreaTotals.empty(2)
    papers = [Paper("0", "Found"), Paper("1", "Missed")]
    labels = np.array([[1, -1], [1, -1]], np.int8)
    by_rules = np.array([[1, 0], [0, 0]], np.int8)
    totals.add(papers, by_rules, labels, np.array([[0.9, np.nan], [0.4, np.nan]], np.float32))
    assert [paper.id for paper in totals.missed[0]] == ["1"] and 1 not in totals.missed
    assert (totals.likely[0], totals.recorded[0], totals.expected[1]) == (1, 2, 0)
