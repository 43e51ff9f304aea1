"""Recorded votes as a source and as labels."""

import numpy as np

from data.labels import RecordedVote
from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy
from training.label_model.recorded import merged_labels
from training.votes.recorded_votes import RecordedVotes

TAXONOMY = Taxonomy(1, (Field("f", "F", (), (Area("a", "A"), Area("b", "B"), Area("c", "C"))),))
PAPERS = [Paper(str(i), "Title") for i in range(4)]
MODEL = RecordedVotes(TAXONOMY, "model", [RecordedVote("0", ("a",)), RecordedVote("1", ())])
PERSON = RecordedVotes(TAXONOMY, "person", [RecordedVote("0", ("b",), ("a",)), RecordedVote("2", (), ("c",))])


def test_a_covered_paper_gets_votes_against_all_other_areas() -> None:
    """An empty list says that no area fits; a paper that is not covered gets nothing."""
    assert MODEL.vote(PAPERS)[0].tolist() == [[1, -1, -1], [-1, -1, -1], [0, 0, 0], [0, 0, 0]]


def test_explicit_rejections_speak_of_the_named_areas_only() -> None:
    """With "not" in the record, the other areas stay open."""
    assert PERSON.vote(PAPERS)[0].tolist() == [[-1, 1, 0], [0, 0, 0], [0, 0, -1], [0, 0, 0]]


def test_later_files_correct_earlier_ones() -> None:
    """Merged labels take each area from the last file that speaks of it; -1 is not known."""
    papers, labels = merged_labels([MODEL, PERSON], PAPERS, 3)
    assert [paper.id for paper in papers] == ["0", "1", "2"]
    assert labels.tolist() == [[0, 1, 0], [0, 0, 0], [-1, -1, 0]]


def test_no_files_no_labels() -> None:
    """Without recorded votes there is nothing to merge."""
    papers, labels = merged_labels([], PAPERS, 3)
    assert papers == [] and len(labels) == 0


def test_a_paper_that_comes_twice_counts_once() -> None:
    """A duplicate id gives one labelled paper."""
    papers, labels = merged_labels([MODEL], [PAPERS[0], PAPERS[0]], 3)
    assert len(papers) == 1 and np.array_equal(labels, [[1, 0, 0]])
