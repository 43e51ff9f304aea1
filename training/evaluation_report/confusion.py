"""Which areas of a field a model takes for each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from training.evaluation.predictions import Predictions


@dataclass(frozen=True, slots=True)
class Confusion:
    """Papers of an area that were given a sibling of it instead.

    Attributes:
        area: id of the area in gold, which was missed.
        taken_for: id of the area of the same field that was given and is not in gold.
        rows: the papers, as rows of the predictions.
        support: papers of the area in gold.
    """

    area: str
    taken_for: str
    rows: tuple[int, ...]
    support: int

    def to_record(self) -> dict[str, Any]:
        """Counts under the names of the attributes; `papers` counts the rows."""
        return {"area": self.area, "taken_for": self.taken_for, "papers": len(self.rows), "support": self.support}


def confusions(predictions: Predictions) -> list[Confusion]:
    """Every pair of areas of one field that were confused, the most frequent first."""
    labels, given = predictions.labels, predictions.predicted
    missed, wrong = labels & ~given, given & ~labels
    fields = np.array([area.field_id for area in predictions.taxonomy.areas])
    together = missed.T.astype(np.int64) @ wrong.astype(np.int64)  # (areas, areas)
    pairs = np.argwhere((together > 0) & (fields[:, None] == fields)).tolist()
    ids = predictions.taxonomy.area_ids
    found = [
        Confusion(
            ids[area],
            ids[other],
            tuple(np.flatnonzero(missed[:, area] & wrong[:, other]).tolist()),
            int(labels[:, area].sum()),
        )
        for area, other in pairs
    ]
    return sorted(found, key=lambda confusion: -len(confusion.rows))
