"""Checking labels with a model: which of them are probably wrong, by probabilities that did not learn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.labels import LabelledPaper
from model.tagger import Tagger
from training.curation.label_errors import SuspectedError, suspected_errors
from training.curation.queue import Look
from training.curation.stored_candidates import content_of


@dataclass(frozen=True, slots=True)
class LabelCheck:
    """What was found in some labels."""

    labelled: int
    """Papers with labels."""
    learned: int
    """Those of them that the model learned from, so that it may repeat their errors."""
    suspected: tuple[SuspectedError, ...]
    """The most probable first."""


def check_labels(tagger: Tagger, labelled: Sequence[LabelledPaper], look: Look) -> LabelCheck:
    """Find the labels that are probably wrong.

    Labels that calibrated the model are judged out of sample, by a calibration that left each of them out, as
    `areatag evaluate` does.

    Args:
        tagger: the model.
        labelled: n papers with what holds for them, in the terms of the model's taxonomy.
        look: see `training.curation.queue.Look`.

    Raises:
        ModuleNotFoundError: the labels calibrated the model, and the training packages are not installed.
    """
    if not labelled:
        return LabelCheck(0, 0, ())
    features, probabilities = look([label.paper for label in labelled])
    if _calibrate(tagger, labelled):
        # Only here: it needs scikit-learn, which the light runtime lacks.
        from training.curation.held_out_probabilities import cross_fitted_probabilities

        probabilities, learned = cross_fitted_probabilities(tagger, features, labelled), 0
    else:
        learned = sum(label.paper in tagger.artefact.fingerprints for label in labelled)
    return LabelCheck(len(labelled), learned, tuple(suspected_errors(labelled, probabilities, tagger.taxonomy)))


def _calibrate(tagger: Tagger, labelled: Sequence[LabelledPaper]) -> bool:
    """Whether these are the complete labels that calibrated the model."""
    calibrated_on = set(tagger.artefact.card.get("calibrated_on", ()))
    return all(label.complete for label in labelled) and any(
        content_of(label.paper) in calibrated_on for label in labelled
    )
