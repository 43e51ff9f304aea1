"""Whether the probabilities of a version were fitted to labelled papers, and to which, for its answers and its card."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from model.artefact import ModelParts
from model.calibration import Calibration
from model.measurement import Origin, origin_of, untrained_areas

_BY_TRAINING_PAPERS = "calibrated on its training papers, each by heads that were fitted without it"
_BY_RETRAINING = "calibrated as the version it was retrained from, refined on labels"
_UNCALIBRATED = (
    "uncalibrated: there were no labelled papers to fit its probabilities to, as areatag train --validation does"
)


class CalibrationNote(BaseModel):
    """What the probabilities of a version were fitted to."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(description="A sentence for people.")
    papers: int | None = Field(description="Labelled papers that only calibrated it; null where there were none.")
    uncalibrated: tuple[str, ...] = Field(description="Areas whose probabilities were fitted to no labelled paper.")


def calibration_of(model: ModelParts) -> CalibrationNote:
    """What a version's calibration rests on."""
    papers = len(model.card.get("calibrated_on", ())) or None
    areas = model.taxonomy.area_ids
    if papers:
        text = f"calibrated on {papers} labelled papers that did not train it"
    elif "retraining" in model.card:
        text = _BY_RETRAINING
    elif _is_identity(model.area_calibration):
        return CalibrationNote(text=_UNCALIBRATED, papers=None, uncalibrated=areas)
    else:
        text = _BY_TRAINING_PAPERS
    new = untrained_areas(model.card)
    untrained = tuple(area for area in areas if area in new) if origin_of(model.card) is Origin.ADAPTED else ()
    if untrained and len(untrained) == len(areas):
        text = "uncalibrated: none of its areas was trained; their probabilities are borrowed"
    elif untrained:
        text += f"; {len(untrained)} of its {len(areas)} areas are uncalibrated, as they were not trained"
    return CalibrationNote(text=text, papers=papers, uncalibrated=untrained)


def _is_identity(calibration: Calibration) -> bool:
    return calibration.slope == 1.0 and not any(calibration.offsets)
