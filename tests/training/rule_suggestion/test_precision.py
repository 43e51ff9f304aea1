"""Estimated precision of rules."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from training.rule_suggestion.phrase_counts import PhraseCounts
from training.rule_suggestion.precision import (
    PRIOR_STRENGTH,
    PriorCalibration,
    fit_prior_calibration,
    mean_probabilities,
    phrase_evidence,
    shrunk,
)


def test_counts_are_shrunk_to_the_prior() -> None:
    """Without labelled papers the prior stands; with many it hardly counts."""
    evidence = shrunk(np.array([0.0, 90.0]), np.array([0.0, 100.0]), np.array([0.3, 0.3]))
    assert evidence.precision[0] == pytest.approx(0.3)
    assert evidence.precision[1] == pytest.approx((90 + PRIOR_STRENGTH * 0.3) / (100 + PRIOR_STRENGTH))


def test_pool_and_labels_both_count() -> None:
    """A phrase of papers that look like an area is precise for it; labels against it make it less so."""
    pool = csr_matrix(np.repeat([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]], 20, axis=0).astype(np.float32))
    probabilities = np.repeat(np.array([[0.9, 0.01], [0.02, 0.8]], np.float32), 20, axis=0)
    labelled = csr_matrix(np.array([[1.0, 0.0, 0.0]] * 3, np.float32))
    labels = np.array([[0, 1]] * 3, np.int8)
    counts = PhraseCounts(("contradicted", "other", "unlabelled"), pool, labelled)
    evidence = phrase_evidence(counts, mean_probabilities(counts, probabilities), labels, PriorCalibration())
    assert evidence.known[:, 0].tolist() == [3, 0, 0] and evidence.right[0].tolist() == [0, 3]
    assert evidence.precision[2, 0] > 0.8 and evidence.precision[0, 0] < 0.65
    assert evidence.precision[1].argmax() == 1


def test_unknown_labels_are_not_counted() -> None:
    """A pair that an incomplete label leaves open is neither right nor wrong."""
    one = csr_matrix(np.ones((4, 1), np.float32))
    counts = PhraseCounts(("phrase",), one, one)
    labels = np.array([[1], [-1], [-1], [0]], np.int8)
    evidence = phrase_evidence(counts, np.full((1, 1), 0.5), labels, PriorCalibration())
    assert (evidence.known[0, 0], evidence.right[0, 0]) == (2, 1)


def test_priors_are_calibrated_on_held_out_papers() -> None:
    """Phrases that are right more often than they were probable raise what is expected of others; few say nothing."""
    labelled = csr_matrix(np.eye(40, dtype=np.float32))
    mean = np.where(np.arange(40) % 2 == 0, 0.1, 0.4)[:, None]
    labels = (np.arange(40) % 10 < 7).astype(np.int8)[:, None]
    calibration = fit_prior_calibration([(labelled[:20], mean, labels[:20]), (labelled[20:], mean, labels[20:])])
    assert calibration.precision(np.array(0.4)) > 0.6
    assert fit_prior_calibration([(labelled[:5], mean, labels[:5])]) == PriorCalibration()
