"""From a fine-tuned encoder and heads to a calibrated model: lexical features, OOD detector, calibration, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.label_matrix import field_label_matrix, label_matrix
from data.labels import LabelledPaper
from data.papers import Paper
from model.artefact import ModelParts
from model.calibration import Calibration
from model.embedding_only import METRICS
from model.lexical import LexicalFeatures
from model.runtimes.load import EncoderRuntime, load_runtime
from model.tagger import Tagger
from model.writing import new_version
from training.calibration.fit_calibration import cross_fit, fit_calibration
from training.calibration.ood import fit_ood_detector
from training.calibration.precision import fit_precision_thresholds
from training.calibration.refine import refine
from training.calibration.title_only import TitleFit, fit_titles
from training.evaluation.predictions import cross_fitted_predictions
from training.evaluation.report import EvaluationReport, report, report_of
from training.export.embedding_alone import fit_embedding_alone
from training.fine_tuning.lexical import FEWEST_VALIDATION, cross_fitted_logits, fit_share, with_lexical

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

FEWEST_FOR_THRESHOLDS = 100
"""With fewer papers to calibrate on, thresholds stay those of the linear probe; one slope and offset are refined."""


def calibrate_model(
    parts: ModelParts,
    validation: Sequence[LabelledPaper],
    sample: Sequence[Paper],
    lexical: LexicalFeatures | None = None,
    probed: bool = False,
) -> tuple[ModelParts, EvaluationReport | None]:
    """Complete a model by what its own CPU runtime answers about labelled papers that it was not trained on.

    Args:
        parts: the model as it was trained, its encoder written.
        validation: the labelled papers.
        sample: training papers in random order.
        lexical: features that its heads do not read yet, fitted to the training papers; left out with too few
            validation papers to weigh them.
        probed: the model's calibration is that of a linear probe; else it is the identity.

    Returns:
        The model with its version, and its evaluation, cross-fitted on the validation papers; None without any.
    """
    runtime = load_runtime(parts.encoder_path, "cpu")
    papers = [item.paper for item in validation]
    parts = replace(parts, ood=fit_ood_detector(Tagger(parts, runtime), sample, papers))
    if not papers:
        return replace(parts, version=new_version(parts)), None
    labels = label_matrix(validation, parts.taxonomy)
    field_labels = field_label_matrix(labels, parts.taxonomy)
    parts, logits, cross_fitted = _with_lexical(parts, runtime, lexical, papers, (labels, field_labels))
    tagger = Tagger(parts, runtime)
    ood = np.array([warning is not None for warning in tagger.ood_warnings(papers, tagger.predict(papers))])
    scored = cross_fit(cross_fitted, labels)
    evaluation = report_of(cross_fitted_predictions(parts.version, scored, labels, parts.taxonomy, ood))
    keep_thresholds = probed and len(papers) < FEWEST_FOR_THRESHOLDS
    parts = replace(
        parts,
        area_calibration=replace(
            _calibration(logits[0], labels, parts.area_calibration, keep_thresholds),
            precision_thresholds=fit_precision_thresholds(scored[0], labels),
        ),
        field_calibration=_calibration(logits[1], field_labels, parts.field_calibration, keep_thresholds),
    )
    titles = fit_titles(Tagger(parts, runtime), validation)
    return _complete(parts, titles, evaluation)


def _complete(
    parts: ModelParts, titles: TitleFit | None, evaluation: EvaluationReport
) -> tuple[ModelParts, EvaluationReport]:
    """Name the calibrated model by all that it answers with, and give it its metrics."""
    if titles is not None:
        parts = replace(parts, title_areas=titles.areas, title_fields=titles.fields)
    version = new_version(parts)
    evaluation = replace(evaluation, model=version)
    metrics = {**parts.metrics, **evaluation.to_record(), "title_only": _title_metrics(titles, parts)}
    return replace(parts, version=version, metrics=metrics), evaluation


def _with_lexical(
    parts: ModelParts,
    runtime: EncoderRuntime,
    lexical: LexicalFeatures | None,
    papers: Sequence[Paper],
    labels: tuple[BoolArray, BoolArray],
) -> tuple[ModelParts, tuple[FloatArray, FloatArray], FloatArray]:
    """Let the heads read the lexical features, where the model gets them, and calibrate it without them.

    Args:
        parts: the model; its heads read the embedding, and lexical features where they are weighed already.
        runtime: its encoder.
        lexical: features to weigh.
        papers: the validation papers (n).
        labels: of the papers, for areas [n, areas] and fields [n, fields].

    Returns:
        The model; logits of its areas and fields; and logits of the areas [n, areas] with each paper's weight of the
        lexical features chosen on the other papers.
    """
    features = Tagger(parts, runtime).embed(papers)
    whole = parts.heads.logits(features)
    if (lexical is None and parts.lexical is None) or len(papers) < FEWEST_VALIDATION:
        return parts, whole, whole[0]
    hidden = parts.hidden_size
    of_embedding = parts.heads.over_embedding(hidden).logits(features[:, :hidden])
    alone, measured = fit_embedding_alone(of_embedding, labels, parts.taxonomy)
    parts = replace(parts, embedding_calibration=alone, metrics={METRICS: measured})
    if lexical is None:
        return parts, whole, whole[0]
    areas, fields = of_embedding
    added = lexical(papers)
    of_areas, of_fields = added[:, : areas.shape[1]], added[:, areas.shape[1] :]
    shares = fit_share(areas, of_areas, labels[0]), fit_share(fields, of_fields, labels[1])
    logits = areas + np.float32(shares[0]) * of_areas, fields + np.float32(shares[1]) * of_fields
    parts = replace(parts, heads=with_lexical(parts.heads, shares), lexical=lexical)
    return parts, logits, cross_fitted_logits(areas, of_areas, labels[0])


def _calibration(logits: FloatArray, labels: BoolArray, before: Calibration, keep_thresholds: bool) -> Calibration:
    if keep_thresholds:
        return refine(logits, labels.astype(np.float32), before)
    return fit_calibration(logits, labels)


def _title_metrics(titles: TitleFit | None, parts: ModelParts) -> dict[str, Any]:
    """Metrics of titles alone under the names of `areatag evaluate`; empty where none was fitted."""
    if titles is None:
        return {}
    predicted = titles.probabilities >= titles.thresholds
    return report("", titles.probabilities, predicted, titles.labels, parts.taxonomy, cross_fitted=True).summary()
