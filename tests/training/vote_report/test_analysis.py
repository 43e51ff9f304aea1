"""What is counted while papers are labelled, on six made-up papers counted by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from data.labels import RecordedVote
from data.papers import Paper
from data.phrases import parse_pattern
from data.rules import AreaRules
from tests.training.vote_report.six_papers import LABELS, PAPERS, TAXONOMY
from training.label_model.model import Floats32
from training.vote_report.analysis import Analysis
from training.votes.phrases import PhraseRules
from training.votes.recorded_votes import RecordedVotes
from training.votes.vote_matrix import LabellingFunction, Votes, VoteSource

RULES = {
    "f/leaf": AreaRules(core=tuple(map(parse_pattern, ("leaf", "page", "moss")))),
    "f/sea": AreaRules(core=(parse_pattern("tide"),), hints=(parse_pattern("salt*"), parse_pattern("wave"))),
}
BELIEVED: Floats32 = np.array(
    [[0.875, np.nan], [0.5, 0.125], [0.375, 0.75], [np.nan, 0.75], [np.nan, 0.4375], [0.125, 0.5]], np.float32
)


class Similar:
    """A source without rules: against the leaves of the first paper, and for the seas of the last."""

    functions = (LabellingFunction("similar.near", "similar", 0.5), LabellingFunction("similar.far", "similar", 0.2))

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """The second function votes for every area, but nobody trusts it."""
        votes = np.zeros((2, len(papers), 2), np.int8)
        for number, paper in enumerate(papers):
            if paper.id == "0":
                votes[0, number, 0] = -1
            if paper.id == "5":
                votes[0, number, 1] = 1
        votes[1] = 1
        return votes


RECORDED = RecordedVotes(TAXONOMY, "x", [RecordedVote("1", ("f/sea",))])
SOURCES: list[VoteSource] = [PhraseRules(TAXONOMY, RULES), Similar()]
EVERY: list[VoteSource] = [*SOURCES, RECORDED]
ROWS = 5 + 2 + 1


def _analysis(chunk: int = 6, precision: Sequence[float] = ()) -> Analysis:
    analysis = Analysis(TAXONOMY, SOURCES, [RECORDED], precision)
    for start in range(0, 6, chunk):
        part = PAPERS[start : start + chunk]
        votes = np.concatenate([source.vote(part) for source in EVERY])
        assert len(votes) == ROWS
        analysis.add(part, votes, LABELS[start : start + chunk], BELIEVED[start : start + chunk])
    return analysis


def test_functions_are_counted_and_recorded_ones_compared_with_nothing() -> None:
    """They made the labels."""
    analysis = _analysis()
    assert analysis.n_papers == 6
    found = {function.name: function for function in analysis.functions.by_function()}
    assert [*found] == [function.name for source in EVERY for function in source.functions]
    title = found["phrases.title"]
    assert (title.votes_for, title.votes_against, title.precision_for) == (4, 0, 2 / 4)
    assert title.recall == 2 / 4
    recorded = found["recorded.x"]
    assert (recorded.votes_for, recorded.votes_against) == (1, 1)
    assert np.isnan(recorded.precision_for) and np.isnan(recorded.recall)


def test_a_source_says_what_its_trusted_functions_say() -> None:
    """One that is right too seldom is heard only where it speaks against."""
    found = {source.name: source for source in _analysis().sources.by_function()}
    assert [*found] == ["phrases", "similar", "recorded.x"]
    assert (found["phrases"].votes_for, found["phrases"].precision_for) == (4, 0.5)
    assert (found["similar"].votes_for, found["similar"].votes_against) == (1, 1)
    assert np.isnan(found["recorded.x"].recall) and found["similar"].recall == 1 / 4


def test_a_measured_precision_says_who_is_trusted() -> None:
    """Where none is known, what a function expects of itself does; a third is enough."""
    nothing = float("nan")
    for known, said in (([nothing] * 7, 1), ([nothing] * 6 + [1 / 3], 12), ([nothing] * 5 + [0.3, 0.3], 0)):
        similar = _analysis(precision=known).sources.by_function()[1]
        assert similar.votes_for == said


def test_conflicts_are_between_sources() -> None:
    """With the paper, and who is right."""
    conflicts = _analysis().conflicts.most_frequent(10)
    (leaf,) = [found for found in conflicts if found.voting_against == "similar"]
    assert (leaf.voting_for, leaf.area, leaf.papers, leaf.known, leaf.applies) == ("phrases", 0, 1, 1, 1)
    assert leaf.examples[0].paper == PAPERS[0] and leaf.examples[0].probability == 0.875
    assert [found.area for found in conflicts if found.voting_against == "recorded.x"] == [0]


def test_every_rule_of_every_source_with_rules() -> None:
    """In their order; sources without rules have none."""
    assert [rule.rule.text for rule in _analysis().rules()] == ["leaf", "page", "moss", "tide", "salt*", "wave"]
    assert {rule.rule.text: rule.papers for rule in _analysis().rules()}["page"] == 2


def test_areas_by_hand() -> None:
    """Papers for which a rule votes are those of functions that are trusted; a rule fires where it has a part."""
    leaf, sea = _analysis().by_area()
    assert (leaf.column, leaf.rules, leaf.rules_fired) == (0, 3, 2)
    assert (leaf.rule_papers, leaf.known, leaf.right, leaf.recorded) == (3, 3, 1, 1)
    assert leaf.expected == 1.875 and leaf.likely == 2 and leaf.missed == ()
    assert (sea.column, sea.rules, sea.rules_fired) == (1, 3, 3)
    assert (sea.rule_papers, sea.known, sea.right, sea.recorded) == (1, 1, 1, 3)
    assert sea.expected == 2.5625 and sea.likely == 3
    assert sea.missed == (PAPERS[2], PAPERS[5])


def test_a_trusted_hint_votes_for_its_area() -> None:
    """As soon as its precision is known to be good."""
    _, sea = _analysis(precision=[float("nan")] * 4 + [0.6]).by_area()
    assert (sea.rule_papers, sea.known, sea.right) == (2, 1, 1)


@pytest.mark.parametrize("chunk", [1, 2, 4])
def test_chunks_make_no_difference(chunk: int) -> None:
    """Papers come a few at a time."""
    whole, parts = _analysis(), _analysis(chunk)
    assert parts.n_papers == whole.n_papers and parts.by_area() == whole.by_area()
    assert [repr(rule) for rule in parts.rules()] == [repr(rule) for rule in whole.rules()]
    assert [repr(row) for row in parts.functions.by_function()] == [repr(row) for row in whole.functions.by_function()]
    assert parts.conflicts.most_frequent(9) == whole.conflicts.most_frequent(9)


def test_without_rules_areas_are_counted_all_the_same() -> None:
    """From labels and probabilities."""
    analysis = Analysis(TAXONOMY, [Similar()])
    analysis.add(PAPERS, Similar().vote(PAPERS), LABELS, BELIEVED)
    leaf, sea = analysis.by_area()
    assert analysis.rules() == () and (leaf.rules, leaf.rules_fired, leaf.rule_papers) == (0, 0, 0)
    assert (sea.recorded, sea.missed) == (3, (PAPERS[2], PAPERS[3], PAPERS[5]))
