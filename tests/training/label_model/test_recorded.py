"""Recorded votes beside the label model."""

import numpy as np
import pytest

from data.labels import RecordedVote
from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.label_model.recorded import merged_labels, with_recorded
from training.votes.recorded_votes import RecordedVotes
from training.votes.vote_matrix import UNKNOWN

AREAS = parse_taxonomy(TAXONOMY, "test")
PAPERS = [Paper("1", "A"), Paper("2", "B"), Paper("1", "A again"), Paper("3", "C")]
PRIOR = np.array([0.1, 0.2])


def test_a_vote_moves_a_probability_by_what_it_is_worth() -> None:
    """A vote for an area of a paper about which nothing else is known makes it as probable as the vote is reliable."""
    probabilities = np.array([PRIOR, PRIOR, PRIOR], np.float32)
    votes = np.array([[1, 0], [0, -1], [0, 0]], np.int8)
    heard = with_recorded(probabilities, votes, PRIOR, reliability=0.8)
    assert heard.dtype == np.float32
    np.testing.assert_allclose(heard[0], [0.8, 0.2], rtol=1e-5)
    np.testing.assert_allclose(heard[1], [0.1, 0.2 * 0.2], rtol=1e-5)
    np.testing.assert_allclose(heard[2], PRIOR, rtol=1e-5)


@pytest.mark.parametrize("before", [0.01, 0.3, 0.97])
def test_a_vote_never_moves_the_other_way(before: float) -> None:
    """Whatever the other functions said."""
    probabilities = np.full((1, 2), before, np.float32)
    heard = with_recorded(probabilities, np.array([[1, -1]], np.int8), PRIOR, reliability=0.8)
    assert heard[0, 0] > before > heard[0, 1] and heard[0, 1] > 0 and heard[0, 0] < 1


def test_papers_of_any_file_are_taken_once() -> None:
    """The later file wins; what no file says of an area is not known."""
    votes = {"1": [1, -1, 0]}, {"1": [-1, 0, 0], "3": [0, 0, 1]}
    sources = [_recorded(name, given) for name, given in zip("ab", votes, strict=True)]
    chosen, labels = merged_labels(sources, PAPERS, 3)
    assert [paper.id for paper in chosen] == ["1", "3"]
    assert labels.tolist() == [[0, 0, UNKNOWN], [0, 0, 1]]  # a list without areas voted against names all that apply


def _recorded(name: str, votes: dict[str, list[int]]) -> RecordedVotes:
    ids = AREAS.area_ids
    given = [
        RecordedVote(
            paper,
            tuple(ids[column] for column, vote in enumerate(row) if vote > 0),
            tuple(ids[column] for column, vote in enumerate(row) if vote < 0),
        )
        for paper, row in votes.items()
    ]
    return RecordedVotes(AREAS, name, given)
