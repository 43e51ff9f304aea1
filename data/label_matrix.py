"""Labels of papers as matrices of papers by areas or fields.

There are two kinds, and a third one in `training.votes`:

- *labels*, bool [n, areas]: of papers whose labels are complete.
- *targets*, float32 [n, areas]: probabilities in [0, 1], where NaN means that nothing is known of the area.
- `training.votes.vote_matrix.Labels`, int8: what the label model counts; `labels_from_targets` there makes them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.labels import LabelledPaper
from data.taxonomy import Taxonomy

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float32]


def label_matrix(labelled: Sequence[LabelledPaper], taxonomy: Taxonomy) -> BoolArray:
    """Labels bool [n, areas]; what an incomplete label leaves open counts as not applying."""
    return np.asarray(area_targets(labelled, taxonomy) == 1)


def area_targets(labelled: Sequence[LabelledPaper], taxonomy: Taxonomy) -> FloatArray:
    """Targets float32 [n, areas]: 1 applies, 0 does not, NaN what an incomplete label leaves open."""
    targets = np.empty((len(labelled), len(taxonomy.areas)), dtype=np.float32)
    for row, item in zip(targets, labelled, strict=True):
        row[:] = 0.0 if item.complete else np.nan
        row[[taxonomy.index(area) for area in item.rejected]] = 0.0
        row[[taxonomy.index(area) for area in item.areas]] = 1.0
    return targets


def field_label_matrix(labels: BoolArray, taxonomy: Taxonomy) -> BoolArray:
    """Labels of the fields, bool [n, fields], from those of the areas [n, areas]."""
    return np.asarray(field_targets(labels.astype(np.float32), taxonomy) == 1)


def field_targets(areas: FloatArray, taxonomy: Taxonomy) -> FloatArray:
    """Targets of the fields, float32 [n, fields], from those of the areas [n, areas].

    The largest of the field's areas: areas of one field depend on each other, so a noisy-or would overstate it.
    A field is unknown (NaN) when none of its areas is known, or when the unknown ones could still decide it.
    """
    largest = np.zeros((len(areas), len(taxonomy.fields)), dtype=np.float32)
    unknown = np.zeros(largest.shape, dtype=bool)
    for column, position in enumerate(taxonomy.field_index):
        values = areas[:, column]
        largest[:, position] = np.fmax(largest[:, position], values)
        unknown[:, position] |= np.isnan(values)
    largest[unknown & (largest < 0.5)] = np.nan
    return largest


def output_targets(areas: FloatArray, taxonomy: Taxonomy) -> FloatArray:
    """Targets of all outputs of a model, areas then fields, float32 [n, areas + fields], from those of the areas."""
    return np.concatenate([areas, field_targets(areas, taxonomy)], axis=1)
