"""Which areas a model uses."""

from pathlib import Path

import numpy as np

from benchmarks.quality.area_coverage import predicted, probable_papers, without_recall
from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, SoftLabels, write_soft_labels
from data.taxonomy_file import parse_taxonomy
from model.tagger import Tagger
from tests.support.tiny import TAXONOMY, records, write_jsonl


def test_papers_are_chosen_for_every_area(tmp_path: Path) -> None:
    """Each area brings its most probable papers that none before it brought, in the file's order."""
    values = np.array([[0.9, 0.1, 0.0], [0.8, 0.7, 0.0], [0.1, 0.6, 0.0], [0.0, 0.2, 0.3]], np.float32)
    papers = tuple(Paper(name, name) for name in "abcd")
    batch = SoftLabelBatch(papers, values, np.ones(4, np.float32))
    write_soft_labels(tmp_path / "soft.parquet", parse_taxonomy(TAXONOMY, "tiny"), Provenance(), [batch])
    assert [paper.id for paper in probable_papers(SoftLabels(tmp_path / "soft.parquet"), 3)] == ["a", "b", "d"]


def test_a_model_that_learned_its_areas_finds_them_all(tiny_model: Path, tmp_path: Path) -> None:
    """All three areas have enough papers, and none is without recall."""
    tagger = Tagger.load(tiny_model)
    gold = write_jsonl(tmp_path / "gold.jsonl", records(24, seed=5))
    assert without_recall(tagger, gold, fewest=5) == (3, [])
    assert without_recall(tagger, gold, fewest=25) == (0, [])
    assert predicted(tagger, [Paper("w", "whale song ocean whale song")]).any()
