"""Calibrates a model without its lexical features (`model.embedding_only`), and measures what it loses without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import UsageError
from data.label_matrix import field_label_matrix, label_matrix
from data.labels import LabelledPaper
from data.taxonomy import Taxonomy
from model.artefact import ModelParts
from model.embedding_calibration import EmbeddingCalibration
from model.embedding_only import METRICS
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from training.calibration.fit_calibration import fit_calibration
from training.evaluation.report import cross_fitted_report

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

FEWEST_PAPERS = 50
"""With fewer labelled papers no calibration is fitted on them."""


def fit_embedding_alone(
    logits: tuple[FloatArray, FloatArray], labels: tuple[BoolArray, BoolArray], taxonomy: Taxonomy
) -> tuple[EmbeddingCalibration, dict[str, Any]]:
    """Fit calibrations, and measure by cross-fitting.

    Args:
        logits: of labelled papers by the embedding alone, for areas [n, areas] and fields [n, fields].
        labels: of these papers, for areas [n, areas] and fields [n, fields].
        taxonomy: of the columns.

    Returns:
        The calibrations, and measures under the names of `areatag evaluate`.
    """
    areas, fields = (fit_calibration(scores, truth) for scores, truth in zip(logits, labels, strict=True))
    measured = cross_fitted_report("", logits[0], labels[0], taxonomy).summary()
    return EmbeddingCalibration(areas, fields), measured


def calibrated_alone(parts: ModelParts, labelled: Sequence[LabelledPaper]) -> ModelParts:
    """The model with calibrations without its lexical features, fitted on labelled papers that it did not learn from.

    Raises:
        UsageError: the papers are too few.
    """
    if len(labelled) < FEWEST_PAPERS:
        raise UsageError(f"{len(labelled)} labelled papers are too few to calibrate on; --gold needs {FEWEST_PAPERS}.")
    alone = replace(parts, lexical=None, heads=parts.heads.over_embedding(parts.hidden_size))
    tagger = Tagger(alone, load_runtime(parts.encoder_path, "cpu", precision="f32"))
    logits = alone.heads.logits(tagger.embed([item.paper for item in labelled]))
    labels = label_matrix(labelled, parts.taxonomy)
    found, measured = fit_embedding_alone(logits, (labels, field_label_matrix(labels, parts.taxonomy)), parts.taxonomy)
    return replace(parts, embedding_calibration=found, metrics={**parts.metrics, METRICS: measured})
