"""The candidate of a retraining: the earlier model, moved towards the new labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from data.label_matrix import output_targets
from model.heads import Heads
from model.lexical import LexicalFeatures
from model.runtimes.tokenization import Tokenizer
from model.tagger import Tagger
from model.verified_copy import copy_encoder
from training.fine_tuning.head_fit import fit_heads
from training.fine_tuning.layers import freeze_lower_layers
from training.fine_tuning.train_options import TrainOptions
from training.retraining.retrain_inputs import RetrainInputs
from training.retraining.retrain_options import RetrainOptions

FloatArray = NDArray[np.float32]
Tell = Callable[[str, int, int], None]
"""Told a stage, its step, and the number of its steps (0: not known)."""

LABEL_PASSES = 1500
FEWEST_REPEATS, MOST_REPEATS = 2, 3
"""Labelled papers are repeated until about 1,500 are seen in all, each at least and at most so often; replay papers are
seen once."""
FROZEN = 1 / 3
"""Share of the layers that stay as they are."""
_CHUNK = 64


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A trained model whose encoder is written.

    Attributes:
        mode: "encoder and heads" or "heads".
        held_out: logits float32 [n, areas + fields] of the training papers by fits that left them out; None where
            the encoder was trained.
        record: settings and results of the training, for the card.
    """

    mode: str
    heads: Heads
    held_out: FloatArray | None
    record: dict[str, float | int | str]


def train_candidate(
    base: Tagger, inputs: RetrainInputs, options: RetrainOptions, work: Path, encoder: Path, tell: Tell
) -> Trained:
    """Train, and write the new encoder to the folder `encoder`.

    The encoder is trained where there is something to replay; else it stays as it is, byte for byte.

    Args:
        base: the model that is trained further.
        inputs: labels and replay papers.
        options: of the retraining.
        work: folder of checkpoints, from which an interrupted training goes on.
        encoder: folder for the new encoder.
        tell: told the stage and how far it is.
    """
    if inputs.replay_source == "none":
        trained = _train_heads(base, inputs, options, tell)
        copy_encoder(base.artefact.path, encoder.parent)
        return trained
    return _train_all(base, inputs, options, work, encoder, tell)


def _train_heads(base: Tagger, inputs: RetrainInputs, options: RetrainOptions, tell: Tell) -> Trained:
    papers = inputs.train.papers
    embedded = []
    for first in range(0, len(papers), _CHUNK):
        tell("reading the labelled papers", first, len(papers))
        embedded.append(base.embed(papers[first : first + _CHUNK]))
    fit = fit_heads(
        np.concatenate(embedded),
        output_targets(inputs.train.values, inputs.taxonomy),
        *base.artefact.folded_heads.stacked(),
        lambda step, steps: tell("training the heads", step, steps),
        options.seed,
    )
    heads = Heads.from_stacked(fit.weight, fit.bias, len(inputs.taxonomy.areas))
    return Trained("heads", heads, fit.held_out, {"penalty": fit.penalty})


def _train_all(
    base: Tagger, inputs: RetrainInputs, options: RetrainOptions, work: Path, encoder: Path, tell: Tell
) -> Trained:
    # what trains an encoder takes seconds to import, and a training of the heads does without
    from training.export.encoder import write_encoder
    from training.fine_tuning.start import network_of
    from training.fine_tuning.trainer import fine_tune

    torch.manual_seed(options.seed)
    network = network_of(base.artefact)
    freeze_lower_layers(network.encoder, FROZEN)
    tokenizer = Tokenizer(base.artefact.encoder_path / "tokenizer.json")
    settings = TrainOptions(
        output=work,
        epochs=1.0,
        max_tokens=min(options.max_tokens, base.artefact.max_tokens),
        learning_rate=options.learning_rate,
        head_rate=10.0,
        device=options.device,
        seed=options.seed,
        checkpoint_minutes=options.checkpoint_minutes,
        resume=True,
    )
    repeats = int(np.clip(round(LABEL_PASSES / len(inputs.train)), FEWEST_REPEATS, MOST_REPEATS))
    lexical = base.artefact.lexical
    dataset = _dataset(inputs, repeats, tokenizer, settings.max_tokens, work / "examples.arrow", lexical)
    tell("training", 0, len(dataset) // settings.batch_size)
    run = fine_tune(
        network,
        dataset,
        settings,
        work / "checkpoints",
        tokenizer.padding_id,
        lambda step, steps, loss: tell("training", step, steps),
    )
    write_encoder(network, str(base.artefact.encoder_path), encoder)
    record: dict[str, float | int | str] = {
        "passes over the labels": repeats,
        "learning rate": options.learning_rate,
        "max tokens": settings.max_tokens,
        **run,
    }
    return Trained("encoder and heads", network.heads(), None, record)


def _dataset(
    inputs: RetrainInputs,
    repeats: int,
    tokenizer: Tokenizer,
    max_tokens: int,
    path: Path,
    lexical: LexicalFeatures | None,
) -> Any:
    """Every label `repeats` times and every replay paper once; an interrupted run's file is used again."""
    from datasets import Dataset

    from training.fine_tuning.examples import build_dataset, examples_of

    if not path.exists():
        labelled, replayed = (examples_of(part.papers, part.values) for part in (inputs.train, inputs.replay))
        examples = [*labelled] * repeats + [*replayed]
        partial = path.with_suffix(".partial")
        build_dataset(examples, inputs.taxonomy, tokenizer, max_tokens, partial, lexical)
        partial.rename(path)
    return Dataset.from_file(str(path))
