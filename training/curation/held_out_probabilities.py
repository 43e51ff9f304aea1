"""Probabilities for labelled papers that took no part in calibrating the model: cross-fitted where they did."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.label_matrix import label_matrix
from data.labels import LabelledPaper
from model.tagger import Tagger
from training.calibration.fit_calibration import cross_fit


def cross_fitted_probabilities(
    tagger: Tagger, features: NDArray[np.float32], labelled: Sequence[LabelledPaper]
) -> NDArray[np.float32]:
    """Probabilities float32 [n, areas], each paper's by a calibration that did not see its label.

    Args:
        tagger: the model whose logits are calibrated.
        features: float32 [n, features] of the papers, as `Tagger.embed` returns them.
        labelled: n papers with complete labels.
    """
    logits, _ = tagger.artefact.heads.logits(features)
    probabilities, _ = cross_fit(logits, label_matrix(labelled, tagger.taxonomy))
    return probabilities
