"""Which labelled papers are held out to compare models, and never train: always the same ones, chosen by content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.labels import LabelledPaper
from data.papers import Paper, content_id
from training.fine_tuning.near_duplicates import NearDuplicates

HELD_OUT = 0.25
"""Share of the completely labelled papers that are held out, from all trainings: they compare every later version."""
FEWEST_HELD_OUT = 50
"""Held-out papers below which a comparison of two versions decides nothing."""
CALIBRATION = 0.2
"""Share of the other completely labelled papers that calibrate a model whose encoder is trained."""
FEWEST_FOR_CALIBRATION = 100
"""With fewer completely labelled papers all of them train, and the calibration of the earlier model stays."""


@dataclass(frozen=True, slots=True)
class LabelSplit:
    """Labels by what they are for."""

    train: tuple[LabelledPaper, ...]
    calibration: tuple[LabelledPaper, ...]
    held_out: tuple[LabelledPaper, ...]
    near_held_out: tuple[LabelledPaper, ...] = ()
    """Left out: their papers nearly equal held-out ones, which would then compare what was learned by heart."""
    silent: tuple[LabelledPaper, ...] = ()
    """Left out: they say nothing of the model's areas."""

    def left_out(self) -> str:
        """How many labels neither train nor compare, and why, as a sentence; "" where each is used."""
        why = [
            _counted(self.near_held_out, "nearly equals a held-out paper", "nearly equal held-out papers"),
            _counted(self.silent, "says nothing of the model's areas", "say nothing of the model's areas"),
        ]
        reasons = " and ".join(filter(None, why))
        return f"Of the labels {reasons}, so these are left out." if reasons else ""


def is_held_out(paper: Paper) -> bool:
    """Whether a paper is held out once it is completely labelled."""
    return _position(paper, "held out") < HELD_OUT


def split_labels(labels: Iterable[LabelledPaper], areas: int, calibrate: bool) -> LabelSplit:
    """Divide labels; what nearly equals a held-out paper, or says nothing, is left out.

    Args:
        labels: what curators decided.
        areas: number of areas of the taxonomy.
        calibrate: whether some labels calibrate and do not train.
    """

    def settled(item: LabelledPaper) -> bool:
        # a complete label from before an area came leaves that area unknown, but counts for the others
        return item.complete or 2 * (len(item.areas) + len(item.rejected)) >= areas

    given = list(labels)
    labels = [item for item in given if item.areas or item.rejected or item.complete]
    held_out = [item for item in labels if settled(item) and is_held_out(item.paper)]
    near = NearDuplicates(item.paper for item in held_out)
    judged = {id(item) for item in held_out}
    others = [(item, item.paper in near) for item in labels if id(item) not in judged]
    rest = [item for item, is_near in others if not is_near]
    calibration: list[LabelledPaper] = []
    if calibrate and sum(map(settled, rest)) >= FEWEST_FOR_CALIBRATION:
        calibration = [item for item in rest if settled(item) and _position(item.paper, "calibration") < CALIBRATION]
    chosen = {id(item) for item in calibration}
    train = [item for item in rest if id(item) not in chosen]
    return LabelSplit(
        tuple(train),
        tuple(calibration),
        tuple(held_out),
        near_held_out=tuple(item for item, is_near in others if is_near),
        silent=tuple(item for item in given if not (item.areas or item.rejected or item.complete)),
    )


def _counted(labels: Sequence[LabelledPaper], one: str, many: str) -> str:
    return f"{len(labels)} {one if len(labels) == 1 else many}" if labels else ""


def _position(paper: Paper, purpose: str) -> float:
    """A number in [0, 1) that the paper's content determines, another one for every purpose."""
    content = f"{purpose}\n{content_id(paper.title, paper.abstract)}"
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:8], "big") / 2**64
