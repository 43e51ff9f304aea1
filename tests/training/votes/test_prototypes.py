"""Votes of prototype rules with a stand-in encoder that counts words."""

from data.papers import Paper
from data.rules import AreaRules, Prototype
from tests.training.rule_suggestion.corpus import TAXONOMY
from tests.training.rule_suggestion.test_suggest import embed
from training.votes.prototypes import Prototypes, has_prototypes

RULES = {"bread": AreaRules(prototype=Prototype(("Rye loaf", "Sour dough with rye"), 0.6)), "chess": AreaRules()}
PAPERS = [Paper("1", "A rye loaf of sour dough"), Paper("2", "A knight fork"), Paper("3", "Rye and a knight fork")]


def test_similar_papers_get_a_vote() -> None:
    """Only for the area with a prototype, and only from its threshold on."""
    source = Prototypes(TAXONOMY, RULES, embed)
    votes = source.vote(PAPERS)
    assert votes[0].tolist() == [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert source.vote([]).shape == (1, 0, 4)


def test_a_vote_names_its_rule() -> None:
    """The report can show which prototype voted."""
    source = Prototypes(TAXONOMY, RULES, embed)
    paper, rule = source.fired(PAPERS, source.vote(PAPERS))
    assert (paper.tolist(), rule.tolist()) == ([0], [0])
    assert (source.rules[0].area, source.rules[0].text) == (1, "Rye loaf")


def test_rules_without_prototypes_are_told_apart() -> None:
    """No encoder is needed for them."""
    assert has_prototypes(RULES) and not has_prototypes({"chess": AreaRules()})
