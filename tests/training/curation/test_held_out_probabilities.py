"""Probabilities of labelled papers by a calibration that did not see them."""

from pathlib import Path

import numpy as np

from data.label_matrix import label_matrix
from data.readers.labels import read_labels
from model.tagger import Tagger
from training.curation.held_out_probabilities import cross_fitted_probabilities


def test_papers_that_calibrated_are_scored_as_if_they_had_not(tiny_model: Path) -> None:
    """One row a paper, near what the tagger says and not the same."""
    tagger = Tagger.load(tiny_model, "cpu")
    labelled = list(read_labels(tiny_model.parent / "gold.jsonl", tagger.taxonomy))
    found = cross_fitted_probabilities(tagger, tagger.embed([item.paper for item in labelled]), labelled)
    assert found.shape == (len(labelled), len(tagger.taxonomy.areas))
    assert ((found >= 0) & (found <= 1)).all()
    fitted = tagger.probabilities([item.paper for item in labelled])[:, : found.shape[1]]
    assert not np.array_equal(found, fitted)
    truth = label_matrix(labelled, tagger.taxonomy)
    assert found[truth].mean() > found[~truth].mean()
