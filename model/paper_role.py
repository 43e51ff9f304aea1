"""What a paper was for a model: what it was trained on, what it was calibrated on, or neither.

Calibration papers set probabilities and thresholds, a few numbers an area; encoder and heads never saw them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from data.papers import Paper, content_id
from model.artefact import ModelParts


class PaperRole(StrEnum):
    """What a paper was for a model."""

    TRAINED = "trained"
    CALIBRATED = "calibrated"
    UNKNOWN = "unknown"
    """The model goes back to one without fingerprints: nobody can tell."""
    NONE = "none"


def calibration_papers(model: ModelParts) -> frozenset[str]:
    """Content ids of the papers that calibrated a model and trained nothing of it."""
    return frozenset(model.card.get("calibrated_on", ()))


def roles_of(model: ModelParts, papers: Sequence[Paper]) -> list[PaperRole]:
    """What each paper was for a model, by its fingerprints and its card."""
    calibrated = calibration_papers(model)
    unlisted = PaperRole.NONE if model.fingerprints.complete else PaperRole.UNKNOWN

    def role(paper: Paper) -> PaperRole:
        if content_id(paper.title, paper.abstract) in calibrated:
            return PaperRole.CALIBRATED
        return PaperRole.TRAINED if paper in model.fingerprints else unlisted

    return [role(paper) for paper in papers]
