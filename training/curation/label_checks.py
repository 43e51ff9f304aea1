"""Checking labels with a model: which of them are probably wrong, by probabilities that did not learn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.labels import LabelledPaper
from model.paper_role import PaperRole, roles_of
from model.tagger import Tagger
from training.curation.label_errors import SuspectedError, suspected_errors
from training.curation.queue import Look


@dataclass(frozen=True, slots=True)
class LabelCheck:
    """What was found in some labels."""

    labelled: int
    """Papers with labels."""
    learned: int
    """Those of them that the model was trained on, so that it may repeat their errors."""
    calibrated: int
    """Those that it was only calibrated on: they set its probabilities and thresholds."""
    cross_fitted: bool
    """Each was judged by a calibration that it took no part in."""
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
        return LabelCheck(0, 0, 0, False, ())
    features, probabilities = look([label.paper for label in labelled])
    roles = roles_of(tagger.artefact, [label.paper for label in labelled])
    trained, calibrated = roles.count(PaperRole.TRAINED), roles.count(PaperRole.CALIBRATED)
    if cross_fitted := calibrated > 0 and all(label.complete for label in labelled):
        # Only here: it needs scikit-learn, which the light runtime lacks.
        from training.curation.held_out_probabilities import cross_fitted_probabilities

        probabilities = cross_fitted_probabilities(tagger, features, labelled)
    suspected = suspected_errors(labelled, probabilities, tagger.taxonomy)
    return LabelCheck(len(labelled), trained, calibrated, cross_fitted, tuple(suspected))
