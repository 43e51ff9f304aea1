"""A taxonomy with some areas withheld, and soft labels without them."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from data.soft_labels import SoftLabelBatch, SoftLabels, write_soft_labels
from data.taxonomy import Taxonomy


def choose_areas(taxonomy: Taxonomy, candidates: Collection[str], count: int, seed: int) -> tuple[str, ...]:
    """Choose areas by chance, at most one of a field, among those candidates whose field keeps another area.

    Raises:
        ValueError: there are fewer than `count` fields with such an area.
    """
    size = {field.id: len(field.areas) for field in taxonomy.fields}
    possible = [area for area in taxonomy.areas if area.id in candidates and size[area.field_id] > 1]
    chosen: dict[str, str] = {}
    for position in np.random.default_rng(seed).permutation(len(possible)):
        chosen.setdefault(possible[position].field_id, possible[position].id)
    if len(chosen) < count:
        raise ValueError(f"{count} areas of different fields are asked for; only {len(chosen)} fields have one")
    return tuple(sorted(list(chosen.values())[:count]))


def without_areas(taxonomy: Taxonomy, withheld: Collection[str]) -> Taxonomy:
    """The taxonomy without some areas, which labels may still name (`removed`)."""
    fields = tuple(
        replace(field, areas=tuple(area for area in field.areas if area.id not in withheld))
        for field in taxonomy.fields
    )
    return Taxonomy(taxonomy.version, fields, removed=tuple(withheld))


def cut_soft_labels(source: Path, taxonomy: Taxonomy, target: Path) -> None:
    """Write the soft labels of the areas of `taxonomy` alone."""
    soft = SoftLabels(source)
    columns = [soft.taxonomy.index(area) for area in taxonomy.area_ids]

    def cut() -> Iterator[SoftLabelBatch]:
        for batch in soft.batches(8192):
            yield SoftLabelBatch(batch.papers, np.ascontiguousarray(batch.probabilities[:, columns]), batch.weights)

    write_soft_labels(target, taxonomy, soft.provenance, cut())
