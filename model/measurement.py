"""What was measured of a model version: its figures, on how many papers and which, and against which other version.

Figures of different papers cannot be compared, so none goes without its papers; and a version that nobody measured has
none, whatever it was made from.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

ADAPTED = "adapted_without_training"
"""Entry of the card of a version whose areas were changed without training (`model.adapt_to_taxonomy`)."""

Card = dict[str, Any]
"""`card.json` of a version: trained on what, when and how."""
Metrics = dict[str, Any]
"""`metrics.json` of a version: what `areatag evaluate` and a retraining measured of it."""


class Origin(StrEnum):
    """How a version was made."""

    TRAINED = "trained"
    RETRAINED = "retrained"
    ADAPTED = "adapted"
    """Its areas were changed without training."""


class PapersOf(StrEnum):
    """Which papers a version was measured on."""

    CALIBRATION = "calibration papers, cross-fitted"
    """They calibrated the version; each was scored by a calibration that it took no part in."""
    HELD_OUT = "held-out papers of the label store"
    """They trained and calibrated neither this version nor any that was retrained here."""
    UNKNOWN = "papers it does not name"


class Figures(BaseModel):
    """Figures as `areatag evaluate` defines them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    papers: int | None = Field(None, description="Number of papers; null where the version does not say.")
    micro_f1: float | None = None
    macro_f1: float | None = None
    p_at_1: float | None = None
    mean_average_precision: float | None = None
    brier: float | None = None
    ece: float | None = None
    abstention: float | None = None


class Measurement(Figures):
    """Figures of one version, with the papers that they were measured on."""

    papers_of: PapersOf = Field(description="Which papers these were.")
    micro_f1: float

    @property
    def on(self) -> str:
        """Number and kind of the papers, for people."""
        return str(self.papers_of) if self.papers is None else f"{self.papers} {self.papers_of}"

    def summary(self) -> str:
        """For people, in a line: micro-F1 and its papers."""
        return f"micro-F1 {self.micro_f1:.3f} on {self.on}"


class Comparison(BaseModel):
    """A retrained version against the version that was active then: both on the same held-out papers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    active: str = Field(description="The version that was active then.")
    papers: int = Field(ge=0, description="Held-out papers, the same for both.")
    micro_f1: float = Field(
        validation_alias="candidate_micro_f1", description="Of this version, on the areas that both know."
    )
    active_micro_f1: float = Field(description="Of the other one, on the same papers and areas.")
    difference: float = Field(description="micro_f1 less active_micro_f1.")
    lower_bound: float | None = Field(None, description="One-sided 90 % bound of the difference.")
    verdict: str = Field(description='"not inferior", "inferior" or "insufficient evidence".')
    reasons: tuple[str, ...] = Field((), description="Sentences for people.")
    fallen: tuple[str, ...] = Field((), description="Areas that lost more than they may.")

    def summary(self) -> str:
        """For people, in a line: both values, and the verdict."""
        values = f"micro-F1 {self.active_micro_f1:.3f} of {self.active}, {self.micro_f1:.3f} of this one"
        return f"{values} on the same {self.papers} held-out papers: {self.verdict}"


def origin_of(card: Card) -> Origin:
    """How a version was made."""
    if ADAPTED in card:
        return Origin.ADAPTED
    return Origin.RETRAINED if "retraining" in card else Origin.TRAINED


def parent_of(card: Card) -> str | None:
    """The version that a retrained or adapted one was made from, where its card names one."""
    parent = card[ADAPTED].get("from_version") if ADAPTED in card else card.get("parent")
    return parent if isinstance(parent, str) else None


def untrained_areas(card: Card) -> frozenset[str]:
    """Areas that a version got without training (`model.adapt_to_taxonomy`), as its card lists them."""
    entry = card.get(ADAPTED, {})
    listed = ", ".join(entry[kind] for kind in ("new", "split") if kind in entry)
    return frozenset(item.rpartition(" -> ")[2] for item in listed.split(", ") if item)


def measurement_of(metrics: Metrics, card: Card) -> Measurement | None:
    """What was measured of a version; None: nothing was.

    Args:
        metrics: of an opened model (`model.artefact`), where they are checked.
        card: of the same.
    """
    if metrics.get("micro_f1") is None:
        return None
    papers_of = PapersOf.CALIBRATION if metrics.get("cross_fitted") else PapersOf.UNKNOWN
    if origin_of(card) is Origin.RETRAINED:
        papers_of = PapersOf.HELD_OUT
    return Measurement.model_validate({**metrics, "papers_of": papers_of})


def comparison_of(metrics: Metrics) -> Comparison | None:
    """How a retrained version compares with the one that was active then; None without held-out papers."""
    gate = metrics.get("gate")
    return Comparison.model_validate(gate) if gate and gate.get("papers") else None
