"""The model directory of a candidate: written once to be judged, and again with what was found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from data.papers import content_id
from model.artefact import Artefact
from model.calibration import Calibration
from model.fingerprints import Fingerprints
from model.runtimes.load import load_runtime
from model.self_check import add_self_check
from model.tagger import Tagger
from model.typicality import Typicality
from model.writing import write_model
from training.retraining.candidate_training import Trained, calibrations
from training.retraining.gate import Verdict
from training.retraining.held_out_evaluation import Judgement
from training.retraining.inputs import RetrainInputs
from training.retraining.options import Promote, RetrainOptions

_MOST_MEASURED = 64
"""Papers on which the encoder's move is measured, by a ratio of medians; the last ones are replayed, if any are."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A trained model whose encoder is in its folder already."""

    folder: Path
    version: str
    base: Tagger
    inputs: RetrainInputs
    trained: Trained

    def calibrate(self, options: RetrainOptions) -> tuple[Tagger, dict[str, Calibration]]:
        """Return the candidate as it will answer, and its calibrations of "areas" and "fields"."""
        taxonomy = self.inputs.taxonomy
        plain = {
            "areas": Calibration.identity(len(taxonomy.areas)),
            "fields": Calibration.identity(len(taxonomy.fields)),
        }
        self._write(plain, {}, {}, None, None)
        artefact = Artefact.open(self.folder)
        runtime = load_runtime(artefact.encoder_path, options.device, options.threads)
        fitted = calibrations(Tagger(artefact, runtime), self.base, self.inputs, self.trained)
        artefact = replace(
            artefact,
            area_calibration=fitted["areas"],
            field_calibration=fitted["fields"],
            typicality=self._typicality(Tagger(artefact, runtime)),
        )
        return Tagger(artefact, runtime), fitted

    def finish(
        self, tagger: Tagger, fitted: dict[str, Calibration], judgement: Judgement, options: RetrainOptions
    ) -> None:
        """Write everything beside the encoder, the manifest last; `tagger` and `fitted` are from `calibrate`."""
        metrics = judgement.metrics | {"gate": judgement.gate.to_record(), "forgetting": judgement.forgetting}
        learned_from = Fingerprints.of(self.inputs.learned_from()) | self.base.artefact.fingerprints()
        self._write(fitted, metrics, self._card(judgement, options), learned_from, tagger.artefact.typicality)
        add_self_check(self.folder)

    def _write(
        self,
        fitted: dict[str, Calibration],
        metrics: dict[str, Any],
        card: dict[str, Any],
        learned_from: Fingerprints | None,
        typicality: Typicality | None,
    ) -> None:
        before = self.base.artefact
        encoder = {"name": before.encoder_name, "hidden_size": before.hidden_size, "max_tokens": before.max_tokens}
        heads, taxonomy = self.trained.heads, self.inputs.taxonomy
        # in calibrated log-odds, from which the training started: they hold for the new heads too
        titles = {"areas": before.title_areas, "fields": before.title_fields}
        write_model(
            self.folder,
            taxonomy,
            heads,
            fitted,
            metrics,
            card,
            encoder,
            learned_from,
            self.version,
            titles,
            typicality,
            before.lexical,
        )

    def _typicality(self, tagger: Tagger) -> Typicality | None:
        """What typical papers look like to the base, with limits that follow how far its encoder has moved."""
        before = self.base.artefact.typicality
        papers = self.inputs.learned_from()[-_MOST_MEASURED:]
        if before is None or self.trained.mode == "heads":
            return before
        median = [float(np.median(before.distances(model.embed(papers)))) for model in (self.base, tagger)]
        ratio = median[1] / max(median[0], 1e-9)
        return replace(before, limit=before.limit * ratio, title_limit=before.title_limit * ratio)

    def _card(self, judgement: Judgement, options: RetrainOptions) -> dict[str, Any]:
        inputs, trained = self.inputs, self.trained
        verdict = judgement.gate.verdict
        accepted = verdict is Verdict.NOT_INFERIOR
        return {
            "parent": self.base.version,
            "trained_on": {
                "papers": len(inputs.train) + len(inputs.replay),
                "labelled_papers": len(inputs.train),
                "areas_with_labels": int((inputs.train.values == 1).any(axis=0).sum()),
                "replay_papers": len(inputs.replay),
                "replay_source": inputs.replay_source,
                "calibration_papers": len(inputs.calibration),
                "held_out_papers": f"{len(inputs.held_out)}, for the gate and metrics alone",
            },
            "training": {"trained": trained.mode, "seed": options.seed, **trained.figures},
            "retraining": {
                "compared_with": judgement.gate.active,
                "verdict": verdict.value,
                "reasons": " ".join(judgement.gate.reasons),
                "promotion": _promotion(options.promote, accepted),
            },
            "calibrated_on": [content_id(paper.title, paper.abstract) for paper in inputs.calibration.papers],
        }


def _promotion(promote: Promote, accepted: bool) -> str:
    if promote is Promote.NEVER:
        return "none"
    if accepted:
        return "by the gate"
    return "forced" if promote is Promote.FORCE else "none"
