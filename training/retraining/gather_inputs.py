"""From the label store and the replay sources to what a retraining learns from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.errors import AreatagError
from data.label_store.location import label_store_exists
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper, content_id
from training.fine_tuning.near_duplicates import NearDuplicates
from training.retraining.adapted_model import AdaptedModel
from training.retraining.held_out import LabelSplit, split_labels
from training.retraining.replay import ReplayOptions, gather_replay
from training.retraining.retrain_inputs import RetrainInputs, Targets
from training.retraining.retrain_options import RetrainOptions

REPLAY_PER_LABEL = 8
FEWEST_REPLAYED, MOST_REPLAYED = 400, 4000
"""Replay papers for each label, and their number at least and at most."""


def read_inputs(options: RetrainOptions, base: AdaptedModel) -> RetrainInputs:
    """Read labels and replay papers as they are now.

    Raises:
        AreatagError: there are no labels to train on, or a source fails.
    """
    if not label_store_exists():
        raise _nothing_to_learn(LabelSplit((), (), ()))
    with LabelStore.open() as store:
        labels = list(store.labelled_papers(base.artefact.taxonomy))
        split = split_labels(labels, len(base.artefact.taxonomy.areas), calibrate=True)
        if not split.train:
            raise _nothing_to_learn(split)
        return _inputs(options, labels, split, base, lambda paper: not store.is_forgotten(paper))


def _inputs(
    options: RetrainOptions,
    labels: list[LabelledPaper],
    split: LabelSplit,
    base: AdaptedModel,
    keep: Callable[[Paper], bool],
) -> RetrainInputs:
    taxonomy = base.artefact.taxonomy
    train = Targets.of_labels(split.train, taxonomy)
    trained_on = {content_id(item.paper.title, item.paper.abstract) for item in split.train}
    replay = gather_replay(
        ReplayOptions(
            soft_labels=options.soft_labels,
            papers=options.papers,
            labelled_before=len(trained_on & base.artefact.learned_labels),
            most=int(np.clip(REPLAY_PER_LABEL * len(train), FEWEST_REPLAYED, MOST_REPLAYED)),
            seed=options.seed,
        ),
        base.cut_to(options.max_tokens),
        Targets.of_labels((*split.train, *split.calibration), taxonomy),
        keep,
        NearDuplicates(item.paper for item in split.held_out),
    )
    if replay.source == "none":  # only the heads are trained, which need no papers set aside to be calibrated
        split = split_labels(labels, len(taxonomy.areas), calibrate=False)
        train = Targets.of_labels(split.train, taxonomy)
    return RetrainInputs(
        taxonomy=taxonomy,
        train=train,
        calibration=Targets.of_labels(split.calibration, taxonomy),
        held_out=Targets.of_labels(split.held_out, taxonomy),
        replay=replay.train,
        replay_check=replay.check,
        replay_source=replay.source,
        left_out=split.left_out(),
    )


def _nothing_to_learn(split: LabelSplit) -> AreatagError:
    """All labels are held out or left out, or there are none."""
    held = f"{len(split.held_out)} of the labelled papers only compare versions." if split.held_out else ""
    found = "".join(f" {part}" for part in (held, split.left_out()) if part)
    return AreatagError(
        f"There are no labels to learn from; store {'more' if found else 'some'} with POST /feedback or areatag "
        f"feedback import, then retrain.{found}"
    )
