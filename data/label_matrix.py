"""Labels of papers as matrices of papers by areas or fields."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.labels import LabelledPaper
from data.taxonomy import Taxonomy

BoolArray = NDArray[np.bool_]


def label_matrix(labelled: Sequence[LabelledPaper], taxonomy: Taxonomy) -> BoolArray:
    """Gold as bool [n, areas]."""
    labels = np.zeros((len(labelled), len(taxonomy.areas)), dtype=bool)
    for row, item in enumerate(labelled):
        labels[row, [taxonomy.index(area) for area in item.areas]] = True
    return labels


def field_label_matrix(labels: BoolArray, taxonomy: Taxonomy) -> BoolArray:
    """Labels of the fields, bool [n, fields], from those of the areas [n, areas]."""
    fields = np.zeros((len(labels), len(taxonomy.fields)), dtype=bool)
    for column, position in enumerate(taxonomy.field_index):
        fields[:, position] |= labels[:, column]
    return fields
