"""The end of the recipe: lexical features, and the finished model with calibration, metrics and card."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data.atomic import atomic_write
from data.errors import AreatagError
from data.papers import content_id
from model.artefact import Artefact, ModelParts
from model.calibration import NO_ADJUSTMENT, Calibration
from model.heads import Heads
from model.lexical import LexicalFeatures
from model.plain_files import ENCODER
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from model.verified_copy import copy_encoder
from model.writing import write_model
from training.bundled.average import write_average
from training.calibrate_model import calibrate_model
from training.evaluation.report import evaluate_tagger
from training.fine_tuning.lexical import fit_lexical
from training.fine_tuning.train_options import TrainOptions
from training.training_set import PaperSample, TrainInputs


def write_lexical(options: TrainOptions, output: Path) -> None:
    """Fit lexical features to the papers of a training, and write them.

    Raises:
        AreatagError: the papers have no terms to learn from.
    """
    inputs = TrainInputs.read(options)
    lexical = fit_lexical(inputs.examples(options), inputs.taxonomy)
    if lexical is None:
        raise AreatagError(
            "No term is in several of the papers with votes, so there are no lexical features; give more papers."
        )
    with atomic_write(output) as stream:
        stream.write(lexical.to_bytes())


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """What a finished model is made of.

    Attributes:
        trained: the model directory of the last training.
        before: that of the training before it, which counts in the average of both by its share; None: no average.
        share: in [0, 1].
        lexical: the folder with its lexical features.
        options: whose papers the OOD detector is fitted to, which calibrate, and which are held out for metrics.
        inference_tokens: tokens of a paper that the model reads.
        encoder_name: the encoder that the trainings began with.
        card: the recipe's part of the card.
    """

    trained: Path
    lexical: Path
    options: TrainOptions
    inference_tokens: int
    encoder_name: str
    card: Mapping[str, Any]
    before: Path | None = None
    share: float = 0.0


def write_finished(finish: Finish, output: Path) -> None:
    """Calibrate, measure and write the model.

    Raises:
        AreatagError: the trained model or an input is damaged.
    """
    trained = Artefact.open(finish.trained)
    inputs = TrainInputs.read(finish.options)
    made = output.with_name(f"{output.name}.partial")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    if finish.before is None:
        copy_encoder(finish.trained, made)
        heads = trained.heads.over_embedding(trained.hidden_size)
    else:
        heads = write_average(Artefact.open(finish.before), trained, finish.share, made / ENCODER)
    card = {**finish.card, "calibrated_on": [content_id(i.paper.title, i.paper.abstract) for i in inputs.validation]}
    parts = replace(
        _uncalibrated(trained.parts, heads),
        encoder_path=made / ENCODER,
        encoder_name=finish.encoder_name,
        max_tokens=finish.inference_tokens,
        card=card,
    )
    sample = PaperSample(finish.options.seed)
    for example in inputs.examples(finish.options):
        sample.add(example.paper)
    parts, _ = calibrate_model(parts, inputs.validation, sample.papers(), LexicalFeatures.load(finish.lexical))
    tagger = Tagger(parts, load_runtime(parts.encoder_path, "cpu"))
    metrics = {**parts.metrics, "evaluation_votes": evaluate_tagger(tagger, inputs.held_out).summary()}
    write_model(replace(parts, metrics=metrics))
    made.rename(output)


def _uncalibrated(parts: ModelParts, heads: Heads) -> ModelParts:
    """A model as it was before it was calibrated, with heads that read the embedding alone."""
    return replace(
        parts,
        version="",
        heads=heads,
        area_calibration=Calibration.identity(len(parts.taxonomy.areas)),
        field_calibration=Calibration.identity(len(parts.taxonomy.fields)),
        title_areas=NO_ADJUSTMENT,
        title_fields=NO_ADJUSTMENT,
        ood=None,
        lexical=None,
        embedding_calibration=None,
        metrics={},
    )
