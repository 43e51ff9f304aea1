"""Rules on six made-up papers, counted by hand."""

import math

import numpy as np
import pytest

from data.phrases import parse_pattern
from data.rules import AreaRules
from tests.training.vote_report.six_papers import LABELS, PAPERS, TAXONOMY
from training.vote_report.rule_tally import RuleTally, worst_first
from training.votes.phrases import PhraseRules

RULES = {
    "f/leaf": AreaRules(core=tuple(map(parse_pattern, ("leaf", "page")))),
    "f/sea": AreaRules(core=(parse_pattern("tide"),), hints=(parse_pattern("salt*"), parse_pattern("wave"))),
}


def _tally() -> RuleTally:
    source = PhraseRules(TAXONOMY, RULES)
    tally = RuleTally(source)
    for start in (0, 4):  # in two chunks
        part = PAPERS[start : start + 4]
        believed = np.full((len(part), 2), 0.5, np.float32)
        tally.add(part, source.vote(part), LABELS[start : start + 4], believed)
    return tally


def test_every_rule_is_counted_where_it_has_a_part_in_a_vote() -> None:
    """One hint alone votes for nothing, so it did not fire; labels that are not known judge nobody."""
    counts = {s.rule.text: (s.papers, s.known, s.right) for s in _tally().summaries()}
    assert counts == {"leaf": (1, 1, 1), "page": (2, 2, 0), "tide": (1, 1, 1), "salt*": (1, 0, 0), "wave": (1, 0, 0)}


def test_a_rule_is_blamed_for_what_a_usual_one_would_get_right() -> None:
    """Of the core phrases half are right; "page" never is, and its wrong papers stand beside it."""
    summaries = _tally().summaries()
    (page,) = worst_first(summaries, 5)
    assert page.rule.text == "page" and page.usual == pytest.approx(0.5)
    assert page.precision == pytest.approx(5 * 0.5 / 7)
    assert page.excess == pytest.approx(2 * (0.5 - 5 * 0.5 / 7))
    assert [(example.paper.id, example.recorded) for example in page.examples] == [("1", ()), ("2", (1,))]
    assert math.isnan(next(s for s in summaries if s.rule.kind == "hint").usual)
