"""From a trained encoder and heads to a finished model directory: words, calibration, checks of texts, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.label_matrix import field_label_matrix, label_matrix
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.artefact import Artefact
from model.calibration import Calibration
from model.fingerprints import Fingerprints
from model.heads import Heads
from model.lexical import LexicalFeatures
from model.runtimes.load import EncoderRuntime, load_runtime
from model.self_check import add_self_check
from model.tagger import Tagger
from model.writing import write_model
from training.calibration.fit import fit_calibration
from training.calibration.refine import refine
from training.calibration.text_checks import fit_titles, fit_typicality
from training.evaluation.report import EvaluationReport, cross_fitted_report
from training.fine_tuning.lexical import FEWEST_JUDGING, cross_fitted_logits, fit_share, with_lexical
from training.fine_tuning.linear_probe import Probe

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

FEWEST_FOR_THRESHOLDS = 100
"""With fewer papers to calibrate on, thresholds stay those of the probe, and one slope and offset are refined."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """What training made; its encoder is in `folder` already.

    Attributes:
        encoder: "name", "hidden_size" and "max_tokens" for the manifest.
        sample: training papers, which show what is typical.
        lexical: what words say; it is left out where too few papers judge how much to trust it.
        probe: calibrated heads from which fine-tuning started.
    """

    folder: Path
    taxonomy: Taxonomy
    heads: Heads
    encoder: dict[str, Any]
    card: dict[str, Any]
    learned_from: Fingerprints
    sample: Sequence[Paper]
    lexical: LexicalFeatures | None = None
    probe: Probe | None = None

    def write(
        self, heads: Heads, calibrations: dict[str, Calibration], metrics: dict[str, Any], **optional: Any
    ) -> str:
        """Write everything beside the encoder; return the version."""
        return write_model(
            self.folder,
            self.taxonomy,
            heads,
            calibrations,
            metrics,
            self.card,
            self.encoder,
            self.learned_from,
            **optional,
        )


def finish(model: TrainedModel, validation: Sequence[LabelledPaper]) -> tuple[EvaluationReport | None, str]:
    """Write the model uncalibrated, calibrate it with its own CPU runtime, and write it again with its metrics.

    Returns:
        The evaluation, cross-fitted; None without validation papers. And the version.
    """
    taxonomy, probe = model.taxonomy, model.probe
    calibrations = {
        "areas": probe.areas if probe else Calibration.identity(len(taxonomy.areas)),
        "fields": probe.fields if probe else Calibration.identity(len(taxonomy.fields)),
    }
    model.write(model.heads, calibrations, {})
    artefact = Artefact.open(model.folder)
    runtime = load_runtime(artefact.encoder_path, "cpu")
    judging = [item.paper for item in validation]
    typicality = fit_typicality(Tagger(artefact, runtime), model.sample, judging)
    artefact = replace(artefact, typicality=typicality)
    write = partial(model.write, typicality=typicality)
    if not judging:
        version = write(model.heads, calibrations, {})
        add_self_check(model.folder)
        return None, version
    areas = label_matrix(validation, taxonomy)
    labels = {"areas": areas, "fields": field_label_matrix(areas, taxonomy)}
    artefact, logits, held_out = _with_words(artefact, runtime, model.lexical, judging, labels)
    tagger = Tagger(artefact, runtime)
    doubts = tagger.doubts(judging, tagger.predict(judging))
    doubted = np.array([doubt is not None for doubt in doubts])
    evaluation = cross_fitted_report(artefact.version, held_out, areas, taxonomy, doubted)
    for name, truth in labels.items():
        if probe and len(judging) < FEWEST_FOR_THRESHOLDS:
            calibrations[name] = refine(logits[name], truth.astype(np.float32), calibrations[name].thresholds)
        else:
            calibrations[name] = fit_calibration(logits[name], truth)
    titles = fit_titles(tagger, validation, calibrations)
    metrics = {**evaluation.to_record(), "title_only": titles.metrics}
    version = write(artefact.heads, calibrations, metrics, title_only=titles.adjustments, lexical=artefact.lexical)
    add_self_check(model.folder)
    return replace(evaluation, model=version), version


def _with_words(
    artefact: Artefact,
    runtime: EncoderRuntime,
    lexical: LexicalFeatures | None,
    judging: Sequence[Paper],
    labels: dict[str, BoolArray],
) -> tuple[Artefact, dict[str, FloatArray], FloatArray]:
    """The model with its lexical features, where it gets them, and its logits.

    They are those of the judging papers, and those of areas, every paper's with a share of words chosen on the others.
    """
    area_logits, field_logits = artefact.heads.logits(Tagger(artefact, runtime).embed(judging))
    logits = {"areas": area_logits, "fields": field_logits}
    if lexical is None or len(judging) < FEWEST_JUDGING:
        return artefact, logits, area_logits
    count = len(artefact.taxonomy.areas)
    numbers = lexical(judging)
    words = {"areas": numbers[:, :count], "fields": numbers[:, count:]}
    shares = {name: fit_share(logits[name], words[name], truth) for name, truth in labels.items()}
    heads = with_lexical(artefact.heads, (shares["areas"], shares["fields"]))
    held_out = cross_fitted_logits(area_logits, words["areas"], labels["areas"])
    both = {name: logits[name] + np.float32(shares[name]) * words[name] for name in logits}
    return replace(artefact, heads=heads, lexical=lexical), both, held_out
