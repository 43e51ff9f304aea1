"""Calibration of papers with a title only, from gold papers whose abstract is taken away.

With less to read, the model is sure of less and its probabilities are too high; three numbers put that right, for all
areas alike: slope and offset of the calibrated log-odds (Platt, 1999), and by how much every threshold moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from data.label_matrix import field_label_matrix, label_matrix
from data.labels import LabelledPaper
from data.papers import Paper
from model.calibration import NO_ADJUSTMENT, Adjustment, Calibration
from model.tagger import Tagger
from training.calibration.f1 import micro_f1
from training.calibration.fit_calibration import FOLDS, fit_calibration, folds
from training.calibration.precision import fit_precision_thresholds

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

SHIFTS = np.linspace(-1.5, 1.5, 61)
"""Movements of the thresholds that are tried, in log-odds."""


@dataclass(frozen=True, slots=True, eq=False)
class TitleFit:
    """Calibration of titles alone, and what the model answers about the papers that it was fitted on (n).

    Attributes:
        areas, fields: from the calibration of whole papers to that of titles.
        labels: bool [n, areas].
        probabilities, thresholds: float32 [n, areas] of the titles, each paper's by calibrations without it.
    """

    areas: Adjustment
    fields: Adjustment
    labels: BoolArray
    probabilities: FloatArray
    thresholds: FloatArray


def fit_titles(tagger: Tagger, labelled: Sequence[LabelledPaper]) -> TitleFit | None:
    """Fit the calibration of titles alone; None where no paper has both title and abstract.

    Args:
        tagger: the model, calibrated on the same papers.
        labelled: papers with complete labels.
    """
    chosen = [item for item in labelled if item.paper.title.strip() and item.paper.abstract.strip()]
    if not chosen:
        return None
    model = tagger.artefact
    logits, _ = model.heads.logits(tagger.embed([item.paper for item in chosen]))
    titles, field_titles = model.heads.logits(tagger.embed([Paper(item.paper.id, item.paper.title) for item in chosen]))
    labels = label_matrix(chosen, model.taxonomy)
    probabilities, thresholds = cross_fit_titles(logits, titles, labels)
    areas = fit_adjustment(model.area_calibration, titles, labels)
    if areas != NO_ADJUSTMENT:
        areas = replace(areas, precision_thresholds=fit_precision_thresholds(probabilities, labels))
    return TitleFit(
        areas,
        fit_adjustment(model.field_calibration, field_titles, field_label_matrix(labels, model.taxonomy)),
        labels,
        probabilities,
        thresholds,
    )


def fit_adjustment(calibration: Calibration, title_logits: FloatArray, labels: BoolArray) -> Adjustment:
    """Fit slope, offset and threshold shift for papers with a title only.

    Args:
        calibration: of the same papers with their abstracts.
        title_logits: float32 [n, outputs], uncalibrated, of the titles alone.
        labels: bool [n, outputs].

    Returns:
        None of the three changes anything when the labels are too few or all alike.
    """
    if not labels.any() or labels.all() or len(labels) < FOLDS:
        return NO_ADJUSTMENT
    log_odds = calibration.slope * title_logits.astype(np.float64) + np.asarray(calibration.offsets)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scaled = parameters[0] * log_odds + parameters[1]
        error = expit(scaled) - labels
        value = (np.logaddexp(0.0, scaled) - labels * scaled).sum()
        return float(value), np.array([(error * log_odds).sum(), error.sum()])

    slope, offset = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0.05, 5), (-5, 5)]).x
    probabilities = expit(slope * log_odds + offset)
    thresholds = logit(np.clip(np.asarray(calibration.thresholds), 1e-9, 1 - 1e-9))
    scores = [micro_f1(probabilities >= expit(thresholds + shift), labels) for shift in SHIFTS]
    best = np.flatnonzero(np.isclose(scores, max(scores)))
    shift = SHIFTS[best[np.abs(SHIFTS[best]).argmin()]]  # of equally good ones the smallest
    return Adjustment(float(slope), float(offset), float(shift))


def cross_fit_titles(
    logits: FloatArray, title_logits: FloatArray, labels: BoolArray, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Probabilities and thresholds of titles alone, each paper's by calibrations that it took no part in.

    Args:
        logits: float32 [n, outputs], with the abstracts.
        title_logits: float32 [n, outputs], without.
        labels: bool [n, outputs].
        seed: of the folds.

    Returns:
        Both float32 [n, outputs].
    """
    probabilities, thresholds = np.empty_like(title_logits), np.empty_like(title_logits)
    for fit, out in folds(len(logits), seed):
        calibration = fit_calibration(logits[fit], labels[fit], seed)
        calibration = calibration.adjusted(fit_adjustment(calibration, title_logits[fit], labels[fit]))
        probabilities[out] = calibration.probabilities(title_logits[out])
        thresholds[out] = np.asarray(calibration.thresholds)
    return probabilities, thresholds
