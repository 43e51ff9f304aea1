"""The papers that a model gets most wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.labels import LabelledPaper
from data.papers import Paper
from model.tags import Score
from training.evaluation.predictions import BoolArray, Predictions


@dataclass(frozen=True, slots=True)
class Mistake:
    """A paper whose areas are not those of gold; probabilities are in [0, 1], the highest first.

    Attributes:
        wrong: areas given that are not in gold.
        missed: areas of gold that were not given.
        right: areas given that are in gold.
        error: how far the probabilities of the wrong and the missed areas are from gold, added up.
    """

    paper: Paper
    wrong: tuple[Score, ...]
    missed: tuple[Score, ...]
    right: tuple[Score, ...]
    error: float

    def to_record(self) -> dict[str, Any]:
        """All but the abstract."""
        areas = {"wrong": self.wrong, "missed": self.missed, "right": self.right}
        return {
            "id": self.paper.id,
            "title": self.paper.title,
            "error": self.error,
            **{
                kind: [{"id": area.id, "name": area.name, "score": area.score} for area in found]
                for kind, found in areas.items()
            },
        }


def worst_mistakes(labelled: Sequence[LabelledPaper], predictions: Predictions, count: int) -> list[Mistake]:
    """At most `count` papers with a wrong or missed area, those with the largest error first."""
    labels, given, probabilities = predictions.labels, predictions.predicted, predictions.probabilities
    errors = np.where(labels != given, np.abs(labels - probabilities), 0.0).sum(axis=1)
    mistaken = (labels != given).any(axis=1)
    order = [row for row in np.argsort(-errors, kind="stable").tolist() if mistaken[row]][:count]

    def scores(row: int, chosen: BoolArray) -> tuple[Score, ...]:
        columns = sorted(np.flatnonzero(chosen[row]).tolist(), key=lambda column: -probabilities[row, column])
        areas = predictions.taxonomy.areas
        return tuple(
            Score(areas[column].id, areas[column].name, round(float(probabilities[row, column]), 4))
            for column in columns
        )

    return [
        Mistake(
            labelled[row].paper,
            wrong=scores(row, given & ~labels),
            missed=scores(row, labels & ~given),
            right=scores(row, labels & given),
            error=round(float(errors[row]), 4),
        )
        for row in order
    ]
