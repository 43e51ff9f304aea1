"""The arXiv categories of `bench/arxiv-categories` as labels, whole or a sample of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from data.labels import LabelledPaper
from data.readers.labels import read_labels
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy

FolderArgument = Annotated[
    Path, typer.Argument(help="Folder with areas.yaml, train.jsonl.gz and test.jsonl.gz.", exists=True)
]


@dataclass(frozen=True, slots=True)
class Categories:
    """Papers with the categories that their authors chose."""

    taxonomy: Taxonomy
    train: list[LabelledPaper]
    test: list[LabelledPaper]


def read_categories(folder: Path, train: int | None, test: int | None, seed: int) -> Categories:
    """Read at most so many papers of each part, drawn by chance; None: all."""
    taxonomy = load_taxonomy(folder / "areas.yaml")
    random = np.random.default_rng(seed)

    def sample(name: str, most: int | None) -> list[LabelledPaper]:
        found = list(read_labels(folder / name, taxonomy))
        return [found[row] for row in random.permutation(len(found))[:most]]

    return Categories(taxonomy, sample("train.jsonl.gz", train), sample("test.jsonl.gz", test))


def frequent_areas(labels: Sequence[LabelledPaper], count: int, among: int, seed: int) -> tuple[str, ...]:
    """Draw `count` areas by chance among the `among` most frequent ones.

    Raises:
        ValueError: fewer areas than `count` occur.
    """
    counts = Counter(area for label in labels for area in label.areas)
    most = sorted(counts, key=lambda area: (-counts[area], area))[:among]
    if len(most) < count:
        raise ValueError(f"{count} areas are asked for, and {len(most)} occur")
    return tuple(sorted(str(area) for area in np.random.default_rng(seed).choice(most, count, replace=False)))


def labels_of(
    labels: Sequence[LabelledPaper], areas: Collection[str], each: int, seed: int
) -> tuple[list[LabelledPaper], dict[str, int]]:
    """Papers with these areas, drawn by chance, and how many there are of each area: `each`, or fewer if too few occur.

    A paper with several of the areas counts for all of them, and is passed over where one has enough.
    """
    taken: list[LabelledPaper] = []
    counts = dict.fromkeys(areas, 0)
    for row in np.random.default_rng(seed).permutation(len(labels)):
        named = [area for area in labels[row].areas if area in counts]
        if named and all(counts[area] < each for area in named):
            taken.append(labels[row])
            for area in named:
                counts[area] += 1
    return taken, counts
