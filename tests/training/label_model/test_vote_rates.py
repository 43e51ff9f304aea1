"""Rates of labelling functions, counted by hand."""

import numpy as np
import pytest

from training.label_model.model import MAX_SHIFT, Strengths, logit, sigmoid, state_codes
from training.label_model.vote_rates import (
    PRIOR_STRENGTH,
    ROOT_STRENGTH,
    count_cross,
    count_states,
    cross_table,
    declared_precision,
    priors,
    source_table,
)
from training.votes.vote_matrix import LabellingFunction

VOTES = np.array([[[1, 0], [1, 0], [0, 0], [1, 1]], [[0, 0], [1, 0], [0, -1], [0, 0]]], np.int8)
LABELS = np.array([[1, 0], [1, 0], [0, 0], [0, -1]], np.int8)
FOLDS = np.array([0, 1, 0, 1])
FUNCTIONS = (LabellingFunction("a", "s", 0.9), LabellingFunction("b", "s", 0.6))
ALL = np.array([True, True])


def test_a_prior_is_the_prevalence_shrunk_to_the_mean() -> None:
    """Areas without labels have the mean alone; what is assumed of it counts as one paper."""
    labels = np.array([[1, 0, -1]] * 10 + [[0, 0, -1]] * 10, np.int8)
    found = priors(labels, areas_per_paper=0.3)
    mean = (10 + 0.1) / (40 + 1)
    strength = PRIOR_STRENGTH
    expected = [(10 + strength * mean) / (20 + strength), strength * mean / (20 + strength), mean]
    np.testing.assert_allclose(found, expected)
    assert 0 < found[1] < found[2] < found[0]


def test_joint_votes_of_a_source_are_counted_by_fold() -> None:
    """A pair whose label is not known counts nowhere."""
    counts = count_states("s", (0, 1), VOTES, LABELS, FOLDS, 2)
    assert counts.totals.shape == (2, len(counts.codes), 2)
    assert counts.totals.sum() == 7 and counts.positives.sum() == 2
    both = int(np.flatnonzero(counts.codes == state_codes(np.array([[[1]], [[1]]], np.int8)).item()).item())
    assert counts.totals[:, both, 0].tolist() == [0, 1] and counts.positives[:, both, 0].tolist() == [0, 1]


def test_declared_precision_moves_with_the_sample() -> None:
    """All functions alike: how they compare is what was declared."""
    counts = [count_states("s", (0, 1), VOTES, LABELS, FOLDS, 2)]
    found = declared_precision(counts, FUNCTIONS)
    # votes for, with a known label: three of a, one of b; three of them right
    observed = (3 + ROOT_STRENGTH * 0.75) / (4 + ROOT_STRENGTH)
    moved = logit(np.array(observed)) - logit(np.array(0.75))
    np.testing.assert_allclose(logit(found) - logit(np.array([0.9, 0.6])), [moved, moved])
    nothing = [count_states("s", (0, 1), VOTES, np.full_like(LABELS, -1), FOLDS, 2)]
    np.testing.assert_allclose(declared_precision(nothing, FUNCTIONS), [0.9, 0.6])


def test_many_votes_speak_for_themselves() -> None:
    """With thousands of labelled papers a shift is the observed precision's; with none, what is declared."""
    generator = np.random.default_rng(0)
    labels = (generator.uniform(size=(20_000, 2)) < 0.2).astype(np.int8)
    wrong = generator.uniform(size=labels.shape) < 0.05
    votes = np.where(wrong, 1 - labels, labels).astype(np.int8)[None]
    prior = np.array([0.2, 0.2])
    folds = np.zeros(len(labels), np.int64)
    used = np.array([True])
    counts = count_states("s", (0,), votes, labels, folds, 1)
    table = source_table(counts, used, prior, np.array([0.6]), Strengths())
    precision = (labels[votes[0] == 1] == 1).mean()
    (fired,) = np.flatnonzero(table.codes == state_codes(np.array([[[1]]], np.int8)).item())
    np.testing.assert_allclose(sigmoid(table.shifts[fired] + logit(prior)), precision, atol=0.02)
    unknown = count_states("s", (0,), votes, np.full_like(labels, -1), folds, 1)
    assumed = source_table(unknown, used, prior, np.array([0.6]), Strengths())
    np.testing.assert_allclose(sigmoid(assumed.shifts[fired] + logit(prior)), 0.6, atol=0.05)


def test_a_fold_that_is_left_out_changes_nothing() -> None:
    """A paper is not judged by its own label."""
    prior, precision = np.array([0.4, 0.2]), np.array([0.8, 0.8])
    used = np.array([True, False])
    tables = []
    for last in (0, 1):
        labels = LABELS.copy()
        labels[[1, 3], 0] = last
        counts = count_states("s", (0, 1), VOTES, labels, FOLDS, 2)
        tables.append(source_table(counts, used, prior, precision, Strengths()))
    np.testing.assert_array_equal(tables[0].shifts, tables[1].shifts)
    np.testing.assert_array_equal(tables[0].singles, tables[1].singles)
    assert (tables[0].shifts[-1] == 0).all()  # joint votes that were never seen say nothing here


def test_no_source_moves_an_area_without_limit() -> None:
    """However sure the sample looks."""
    votes = np.ones((1, 50_000, 1), np.int8)
    counts = count_states("s", (0,), votes, np.ones((50_000, 1), np.int8), np.zeros(50_000, np.int64), 1)
    table = source_table(counts, np.array([True]), np.array([1e-5]), np.array([0.99]), Strengths(own=1e-9))
    assert np.abs(table.shifts).max() == pytest.approx(MAX_SHIFT)


def test_votes_for_other_areas_are_evidence() -> None:
    """Areas that never go together speak against each other; a vote says nothing of its own area here."""
    generator = np.random.default_rng(1)
    of = generator.integers(0, 3, 6000)
    labels = (of[:, None] == np.arange(3)).astype(np.int8)
    labels[:, 2] |= labels[:, 1]  # the third goes with the second
    votes = labels[None]
    counts = count_cross(votes, labels, np.zeros(6000, np.int64), 1)
    prior = labels.mean(axis=0)
    related = np.ones((3, 3), bool)
    table = cross_table(counts, np.array([True]), prior, related, strength=30.0)
    assert table.shape == (1, 3, 3) and (table[0][np.eye(3, dtype=bool)] == 0).all()
    assert table[0, 0, 1] < -2 and table[0, 1, 0] < -2
    assert table[0, 1, 2] > 2


def test_papers_with_open_labels_do_not_count_as_evidence() -> None:
    """Of the other areas nothing is known there."""
    counts = count_cross(VOTES, LABELS, FOLDS, 2)
    assert counts.fired.sum() == 3 and counts.fired[1, 0].tolist() == [1, 0]
