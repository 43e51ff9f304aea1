"""A candidate compared with the active model on held-out papers: the gate, backward transfer, the usual metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from data.papers import Paper
from training.evaluation.report import report
from training.retraining.adapted_model import AdaptedModel
from training.retraining.backward_transfer import backward_transfer_report
from training.retraining.gate import Answers, GateReport, compare
from training.retraining.retrain_inputs import RetrainInputs


@dataclass(frozen=True, slots=True)
class CandidateEvaluation:
    """What was found.

    Attributes:
        metrics: of the candidate on the held-out papers, as `areatag evaluate` reports them; empty without such papers.
        backward_transfer: see `training.retraining.backward_transfer`.
    """

    gate: GateReport
    metrics: dict[str, Any]
    backward_transfer: dict[str, Any]


def evaluate_candidate(
    active: AdaptedModel, candidate: AdaptedModel, inputs: RetrainInputs, seed: int = 0
) -> CandidateEvaluation:
    """Ask both models, in one taxonomy, about the held-out papers and about the replay papers set aside."""
    taxonomy, held_out, check = inputs.taxonomy, inputs.held_out, inputs.replay_check
    answers = answers_of(active, held_out.papers), answers_of(candidate, held_out.papers)
    replayed = answers_of(active, check.papers), answers_of(candidate, check.papers)
    metrics: dict[str, Any] = {}
    if (held_out.values == 1).any():
        metrics = report(
            candidate.artefact.version,
            answers[1].probabilities,
            answers[1].predicted,
            held_out.values == 1,
            taxonomy,
            judged=~np.isnan(held_out.values),
        ).to_record()
    return CandidateEvaluation(
        gate=compare(*answers, held_out.values, taxonomy, seed),
        metrics=metrics,
        backward_transfer=backward_transfer_report(
            answers, held_out.values, replayed, (inputs.train.values == 1).any(axis=0), taxonomy
        ),
    )


def answers_of(model: AdaptedModel, papers: tuple[Paper, ...]) -> Answers:
    """What a model answers; nothing in areas that it has not learned."""
    if papers:
        probabilities = np.where(model.known, model.tagger.probabilities(papers), np.float32(0.0))
        predicted = (probabilities >= model.tagger.thresholds(papers)) & model.known
    else:
        probabilities = np.zeros((0, len(model.known)), dtype=np.float32)
        predicted = np.zeros(probabilities.shape, dtype=bool)
    return Answers(model.artefact.version, probabilities, predicted, model.known)
