"""The candidate of a retraining as a model: the parts of the base, with what the training changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.label_matrix import output_targets
from data.papers import content_id
from model.artefact import ModelParts
from model.calibration import Calibration
from model.embedding_calibration import EmbeddingCalibration
from model.fingerprints import Fingerprints
from model.ood import OodDetector
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from training.calibration.refine import refine
from training.retraining.candidate_training import Trained
from training.retraining.evaluate_candidate import CandidateEvaluation
from training.retraining.gate import Verdict
from training.retraining.retrain_inputs import RetrainInputs
from training.retraining.retrain_options import Promote, RetrainOptions

_MOST_MEASURED = 64
"""Papers whose distances before and after training scale the limits of the OOD detector."""


def calibrate_candidate(
    base: Tagger, inputs: RetrainInputs, trained: Trained, encoder: Path, version: str, options: RetrainOptions
) -> Tagger:
    """The candidate as it will answer, in memory.

    Args:
        base: the model that it was trained from; its adjustment for titles alone is in calibrated log-odds, from which
            the training started, so it holds for the candidate too.
        inputs: labels and replay papers.
        trained: what the training made.
        encoder: the folder of the new encoder.
        version: the candidate's name.
        options: device and threads.
    """
    areas, fields = len(inputs.taxonomy.areas), len(inputs.taxonomy.fields)
    uncalibrated = replace(
        base.artefact,
        version=version,
        encoder_path=encoder,
        heads=trained.heads,
        area_calibration=Calibration.identity(areas),
        field_calibration=Calibration.identity(fields),
        learned_labels=frozenset(content_id(paper.title, paper.abstract) for paper in inputs.train.papers),
    )
    runtime = load_runtime(encoder, options.device, options.threads)
    tagger = Tagger(uncalibrated, runtime)
    area_calibration, field_calibration = _calibrations(tagger, base, inputs, trained)
    calibrated = replace(
        uncalibrated,
        area_calibration=area_calibration,
        field_calibration=field_calibration,
        embedding_calibration=_embedding_calibration(base.artefact, area_calibration, field_calibration),
        ood=_ood_detector(tagger, base, inputs, trained),
    )
    return Tagger(calibrated, runtime)


def finished_candidate(
    candidate: ModelParts,
    inputs: RetrainInputs,
    trained: Trained,
    evaluation: CandidateEvaluation,
    parent: str,
    options: RetrainOptions,
) -> ModelParts:
    """The candidate with what was found of it: metrics, card, and fingerprints of all papers behind it.

    Args:
        candidate: from `calibrate_candidate`.
        inputs: labels and replay papers.
        trained: what the training made.
        evaluation: the comparison with the active model.
        parent: version of the model that it was trained from.
        options: whether it is to be promoted, and the seed.
    """
    gate = {"gate": evaluation.gate.to_record(), "forgetting": evaluation.backward_transfer}
    return replace(
        candidate,
        metrics=evaluation.metrics | gate,
        card=_card(inputs, trained, evaluation, parent, options) | {"calibrated_on": _calibrated_on(candidate, inputs)},
        fingerprints=Fingerprints.of(inputs.learned_from()) | candidate.fingerprints,
    )


def _calibrations(
    candidate: Tagger, base: Tagger, inputs: RetrainInputs, trained: Trained
) -> tuple[Calibration, Calibration]:
    """Calibrations of areas and fields, fitted on labels that did not train what they calibrate.

    Where only heads were trained: on the training labels, by heads that left them out. Else on the labels set aside.
    Never on held-out papers. The thresholds are those of the base.
    """
    part = inputs.calibration if trained.held_out is None else inputs.train
    count = len(inputs.taxonomy.areas)
    logits: NDArray[np.float32]
    if trained.held_out is not None:
        logits = trained.held_out
    elif len(part):
        logits = np.concatenate(candidate.artefact.heads.logits(candidate.embed(part.papers)), axis=1)
    else:
        logits = np.empty((0, count + len(inputs.taxonomy.fields)), dtype=np.float32)
    targets = output_targets(part.values, inputs.taxonomy)
    before = base.artefact
    return (
        refine(logits[:, :count], targets[:, :count], before.area_calibration),
        refine(logits[:, count:], targets[:, count:], before.field_calibration),
    )


def _embedding_calibration(base: ModelParts, areas: Calibration, fields: Calibration) -> EmbeddingCalibration | None:
    """The base's without lexical features, with what was refined; None where the base has none.

    Args:
        base: its calibrations are folded into the heads that the training started from.
        areas: of the candidate, which start at the base's calibrated log-odds.
        fields: as `areas`.
    """
    before = base.embedding_calibration
    if before is None:
        return None
    return EmbeddingCalibration(
        _unfolded(before.areas, base.area_calibration, areas), _unfolded(before.fields, base.field_calibration, fields)
    )


def _unfolded(alone: Calibration, folded: Calibration, refined: Calibration) -> Calibration:
    """A calibration `alone` for logits into which `folded` went, and then refined."""
    ratio = alone.slope / folded.slope
    rows = zip(alone.offsets, folded.offsets, refined.offsets, strict=True)
    offsets = tuple(refined.slope * (own - ratio * gone) + offset for own, gone, offset in rows)
    return replace(alone, slope=refined.slope * ratio, offsets=offsets)


def _ood_detector(candidate: Tagger, base: Tagger, inputs: RetrainInputs, trained: Trained) -> OodDetector | None:
    """The base's detector, with limits for the new encoder.

    A trained encoder moves embeddings away from the mean that the detector knows, so its limits grow by the ratio of
    the median distances of the same papers (the last of those learned from, which are replayed ones where any are).
    """
    before = base.artefact.ood
    papers = inputs.learned_from()[-_MOST_MEASURED:]
    if before is None or trained.mode == "heads":
        return before
    median = [float(np.median(before.distances(model.embed(papers)))) for model in (base, candidate)]
    ratio = median[1] / max(median[0], 1e-9)
    return replace(before, limit=before.limit * ratio, title_limit=before.title_limit * ratio)


def _card(
    inputs: RetrainInputs, trained: Trained, evaluation: CandidateEvaluation, parent: str, options: RetrainOptions
) -> dict[str, Any]:
    gate = evaluation.gate
    return {
        "parent": parent,
        "trained_on": {
            "papers": len(inputs.train) + len(inputs.replay),
            "labelled_papers": len(inputs.train),
            "areas_with_labels": int((inputs.train.values == 1).any(axis=0).sum()),
            "replay_papers": len(inputs.replay),
            "replay_source": inputs.replay_source,
            "calibration_papers": len(inputs.calibration),
            "held_out_papers": f"{len(inputs.held_out)}, for the gate and metrics alone",
            "labels_left_out": inputs.left_out or "none",
        },
        "training": {"trained": trained.mode, "seed": options.seed, **trained.record},
        "retraining": {
            "compared_with": gate.active,
            "verdict": gate.verdict.value,
            "reasons": " ".join(gate.reasons),
            "promotion": _promotion(options.promote, gate.verdict is Verdict.NOT_INFERIOR),
        },
    }


def _calibrated_on(candidate: ModelParts, inputs: RetrainInputs) -> list[str]:
    """Content ids of the papers that calibrated it or the model it starts from, and trained neither.

    Args:
        candidate: with the card of the model that it was trained from.
        inputs: labels and replay papers.
    """
    own, trained = (
        [content_id(paper.title, paper.abstract) for paper in papers]
        for papers in (inputs.calibration.papers, (*inputs.train.papers, *inputs.replay.papers))
    )
    known = dict.fromkeys([*own, *candidate.card.get("calibrated_on", ())])
    return [content for content in known if content not in set(trained)]


def _promotion(promote: Promote, accepted: bool) -> str:
    if promote is Promote.NEVER:
        return "none"
    if accepted:
        return "by the gate"
    return "forced" if promote is Promote.FORCE else "none"
