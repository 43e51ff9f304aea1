"""Backward transfer of a retraining: its change on old areas, and agreement with the earlier model on replay papers.

The mean change over old areas is the backward transfer of continual learning (Lopez-Paz and Ranzato, Gradient Episodic
Memory, 2017); below zero, something was forgotten. Agreement needs no labels and so also speaks of areas without any.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.taxonomy import Taxonomy
from training.calibration.f1 import micro_f1
from training.evaluation.metrics import average_precision
from training.retraining.gate import Answers

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]


def backward_transfer_report(
    held_out: tuple[Answers, Answers],
    labels: FloatArray,
    replayed: tuple[Answers, Answers],
    newly_labelled: BoolArray,
    taxonomy: Taxonomy,
) -> dict[str, Any]:
    """Measure what became of the areas that the earlier model knows.

    Args:
        held_out: answers of the earlier and of the new model on the held-out papers.
        labels: float32 [n, areas] of those papers, NaN where open.
        replayed: their answers on replay papers that took no part in training.
        newly_labelled: bool [areas], areas that some training label names.
        taxonomy: of the new model, whose areas are the columns.

    Returns:
        "old_areas": number, mean change of F1 and of average precision (None without such areas), the same for
        those that no training label names ("unlabelled"), and the changes by area; "agreement": papers, micro-F1 of
        the new model's areas measured against the earlier one's, mean absolute difference of the probabilities.
    """
    changes = {
        area: row
        for column, area in enumerate(taxonomy.area_ids)
        if held_out[0].known[column] and (row := _changes(held_out, labels, column)) is not None
    }
    unlabelled = {area for area, named in zip(taxonomy.area_ids, newly_labelled, strict=True) if not named}
    return {
        "old_areas": {
            **_means(list(changes.values())),
            "unlabelled": _means([row for area, row in changes.items() if area in unlabelled]),
            "by_area": changes,
        },
        "agreement": _agreement(*replayed),
    }


def _changes(answers: tuple[Answers, Answers], labels: FloatArray, column: int) -> dict[str, float] | None:
    """Changes of F1 and average precision in one area; None where no held-out paper has it."""
    covered = ~np.isnan(labels[:, column])
    truth = labels[covered, column] == 1
    if not truth.any():
        return None
    f1 = [micro_f1(item.predicted[covered, column], truth) for item in answers]
    precision = [
        float(average_precision(item.probabilities[covered][:, [column]], truth[:, None])[0]) for item in answers
    ]
    return {
        "papers": int(truth.sum()),
        "f1_change": round(f1[1] - f1[0], 4),
        "average_precision_change": round(precision[1] - precision[0], 4),
    }


def _means(rows: list[dict[str, float]]) -> dict[str, float | int | None]:
    def mean(name: str) -> float | None:
        return round(float(np.mean([row[name] for row in rows])), 4) if rows else None

    return {
        "areas": len(rows),
        "mean_f1_change": mean("f1_change"),
        "mean_average_precision_change": mean("average_precision_change"),
    }


def _agreement(earlier: Answers, new: Answers) -> dict[str, float | int | None]:
    shared = earlier.known & new.known
    before, after = earlier.predicted[:, shared], new.predicted[:, shared]
    if not before.size:
        return {"papers": 0, "micro_f1": None, "mean_probability_difference": None}
    distance = np.abs(earlier.probabilities[:, shared] - new.probabilities[:, shared])
    return {
        "papers": len(before),
        "micro_f1": round(micro_f1(after, before), 4) if before.any() or after.any() else 1.0,
        "mean_probability_difference": round(float(distance.mean()), 5),
    }
