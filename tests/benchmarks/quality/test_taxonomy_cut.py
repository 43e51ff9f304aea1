"""Taxonomies and soft labels with areas withheld."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality.taxonomy_cut import choose_areas, cut_soft_labels, without_areas
from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, SoftLabels, write_soft_labels
from data.taxonomy_file import load_taxonomy, parse_taxonomy
from tests.support.tiny import TAXONOMY


def test_withheld_areas_are_of_different_fields() -> None:
    """Every seed chooses among the candidates, never two areas of a field, and the same ones again."""
    taxonomy = load_taxonomy()
    for seed in range(20):
        chosen = choose_areas(taxonomy, taxonomy.area_ids, 5, seed)
        assert len({taxonomy.area(area).field_id for area in chosen}) == 5
        assert chosen == choose_areas(taxonomy, taxonomy.area_ids, 5, seed)


def test_a_field_keeps_an_area() -> None:
    """An area that is its field's only one cannot be withheld."""
    taxonomy = parse_taxonomy(TAXONOMY, "tiny")
    with pytest.raises(ValueError, match="only 1 fields have one"):
        choose_areas(taxonomy, taxonomy.area_ids, 2, 0)


def test_soft_labels_lose_the_column_and_labels_stay_readable(tmp_path: Path) -> None:
    """The other areas keep their probabilities; labels may go on naming the withheld area."""
    taxonomy = parse_taxonomy(TAXONOMY, "tiny")
    values = np.array([[0.1, 0.2, 0.3], [0.4, np.nan, 0.6]], np.float32)
    batch = SoftLabelBatch((Paper("a", "A"), Paper("b", "B")), values, np.ones(2, np.float32))
    write_soft_labels(tmp_path / "all.parquet", taxonomy, Provenance(), [batch])
    cut = without_areas(taxonomy, ["sea/ships"])
    cut_soft_labels(tmp_path / "all.parquet", cut, tmp_path / "cut.parquet")
    kept = next(SoftLabels(tmp_path / "cut.parquet").batches())
    np.testing.assert_array_equal(kept.probabilities, values[:, [0, 2]])
    assert cut.area_ids == ("sea/whales", "sky/birds")
    assert cut.knows("sea/ships")
