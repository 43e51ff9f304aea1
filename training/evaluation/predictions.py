"""What a model says of labelled papers, to be scored: cross-fitted where those papers calibrated it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.label_matrix import label_matrix
from data.labels import LabelledPaper
from data.papers import content_id
from data.taxonomy import Taxonomy
from model.tagger import Tagger
from training.calibration.fit_calibration import cross_fit
from training.calibration.precision import cross_fit_precision_thresholds
from training.evaluation.metrics import PROMISED

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """A model's answers on n labelled papers.

    Attributes:
        model: its name or version.
        taxonomy: of the columns.
        labels: bool [n, areas].
        probabilities: float32 [n, areas].
        predicted: bool [n, areas], the areas given.
        precision_thresholds: float32 [promised, n], each paper's for `training.evaluation.metrics.PROMISED`; None where
            they are not known.
        cross_fitted: the papers calibrated the model, so each was scored by a calibration it took no part in.
    """

    model: str
    taxonomy: Taxonomy
    labels: BoolArray
    probabilities: FloatArray
    predicted: BoolArray
    precision_thresholds: FloatArray | None = None
    cross_fitted: bool = False


def predictions_of(tagger: Tagger, labelled: Sequence[LabelledPaper]) -> Predictions:
    """Ask a model about labelled papers; what it finds out of distribution gets no areas."""
    labels = label_matrix(labelled, tagger.taxonomy)
    calibrated_on = set(tagger.artefact.card.get("calibrated_on", ()))
    papers = [item.paper for item in labelled]
    embeddings = tagger.embed(papers)
    predictions = tagger.predict_from(embeddings, papers)
    ood = np.array([warning is not None for warning in tagger.ood_warnings(papers, predictions)])
    if any(content_id(item.paper.title, item.paper.abstract) in calibrated_on for item in labelled):
        logits, _ = tagger.artefact.heads.logits(embeddings)
        return cross_fitted_predictions(tagger.version, cross_fit(logits, labels), labels, tagger.taxonomy, ood)
    probabilities = predictions[:, : labels.shape[1]]
    predicted = (probabilities >= tagger.thresholds(papers)) & ~ood[:, None]
    thresholds = np.stack([tagger.precision_thresholds(papers, precision) for precision in PROMISED])
    thresholds[:, ood] = np.inf
    return Predictions(tagger.version, tagger.taxonomy, labels, probabilities, predicted, thresholds)


def cross_fitted_predictions(
    model: str,
    fitted: tuple[FloatArray, FloatArray],
    labels: BoolArray,
    taxonomy: Taxonomy,
    ood: BoolArray | None = None,
) -> Predictions:
    """Predictions on the papers that calibrated the model.

    Args:
        model: its name or version.
        fitted: what `training.calibration.fit_calibration.cross_fit` gave.
        labels: bool [n, areas].
        taxonomy: of the columns.
        ood: bool [n], papers out of distribution, which get no areas.
    """
    probabilities, thresholds = fitted
    predicted = probabilities >= thresholds
    at_precision = cross_fit_precision_thresholds(probabilities, labels, PROMISED)
    if ood is not None:
        predicted[ood] = False
        at_precision[:, ood] = np.inf
    return Predictions(model, taxonomy, labels, probabilities, predicted, at_precision, cross_fitted=True)
