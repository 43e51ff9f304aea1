"""Coverage, overlap, conflict and precision of a vote matrix that is small enough to count by hand."""

import math

import numpy as np
import pytest

from training.label_model.vote_analysis import VoteCounts, agreement
from training.votes.vote_matrix import LabellingFunction, Votes

# six functions (rows) on six papers (columns), one area
MATRIX = np.array(
    [
        [1, 1, 1, 0, 0, 0],
        [1, 0, 0, 1, 0, 0],
        [-1, 0, 0, 0, -1, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 1, -1, 0, 0, 0],
        [0, 0, 0, 0, 0, 1],
    ],
    np.int8,
)
LABELS = np.array([[1], [1], [0], [1], [0], [-1]], np.int8)  # that of the last paper is not known
FUNCTIONS = tuple(LabellingFunction(f"f{row}", f"f{row}") for row in range(6))


def _votes() -> Votes:
    return MATRIX[:, :, None]


def _counts() -> VoteCounts:
    counts = VoteCounts(FUNCTIONS, 1)
    counts.add(_votes(), LABELS)
    return counts


def test_coverage_overlap_and_conflict_are_shares_of_pairs() -> None:
    """Counted by hand from the matrix above."""
    summaries = _counts().by_function()
    sixths = {
        "coverage": [3, 2, 2, 0, 2, 1],
        "overlap": [3, 1, 1, 0, 2, 0],
        "conflict": [2, 1, 1, 0, 1, 0],
        "papers": [3, 2, 2, 0, 2, 1],
    }
    for name, expected in sixths.items():
        assert [getattr(s, name) * 6 for s in summaries] == pytest.approx(expected), name


def test_precision_and_recall_use_known_labels_only() -> None:
    """A function without judged votes has no precision; votes against are right where the area does not apply."""
    summaries = _counts().by_function()
    precision = [s.precision_for for s in summaries]
    assert precision[:2] == pytest.approx([2 / 3, 1.0])
    assert all(math.isnan(precision[row]) for row in (2, 3, 5))
    assert precision[4] == pytest.approx(1.0)
    assert summaries[2].precision_against == pytest.approx(1 / 2)
    assert summaries[4].precision_against == pytest.approx(1.0)
    assert [s.recall for s in summaries] == pytest.approx([2 / 3, 2 / 3, 0, 0, 1 / 3, 0])


def test_chunks_add_up() -> None:
    """Counting in two chunks gives what counting at once gives."""
    counts = VoteCounts(FUNCTIONS, 1)
    counts.add(_votes()[:, :2], LABELS[:2])
    counts.add(_votes()[:, 2:], LABELS[2:])
    assert str(counts.by_function()) == str(_counts().by_function())


def test_an_area_has_its_own_summary() -> None:
    """With a second, silent area the first one's figures stay, and the overall coverage halves."""
    both = np.concatenate([_votes(), np.zeros_like(_votes())], axis=2)
    counts = VoteCounts(FUNCTIONS, 2)
    counts.add(both)
    assert counts.by_area(0)[0].coverage == pytest.approx(3 / 6)
    assert counts.by_area(1)[0].coverage == 0
    assert counts.by_function()[0].coverage == pytest.approx(3 / 12)


def test_agreement_is_of_the_pairs_both_vote_on() -> None:
    """f0 and f4 meet on papers 1 and 2 and agree on the first; f0 and f5 never meet."""
    shares = agreement(_votes())
    assert shares[0, 4] == pytest.approx(1 / 2)
    assert shares[0, 1] == pytest.approx(1.0)
    assert shares[0, 2] == pytest.approx(0.0)
    assert math.isnan(shares[0, 5])
