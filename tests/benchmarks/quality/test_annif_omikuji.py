"""The peer that learns from the same soft labels."""

from pathlib import Path

import numpy as np

from benchmarks.quality.annif_omikuji import Omikuji, stems, tuned_predictions
from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, SoftLabels, write_soft_labels
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY, records
from training.fine_tuning.near_duplicates import NearDuplicates


def test_learns_areas_that_words_give_away(tmp_path: Path) -> None:
    """Trained on soft labels of 200 papers it ranks the areas of others nearly perfectly."""
    taxonomy = parse_taxonomy(TAXONOMY, "tiny")
    rows, fresh = records(200, seed=1), records(40, seed=2)
    papers = [Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in (*rows, *fresh)]
    labels = np.array([[area in str(row["areas"]) for area in taxonomy.area_ids] for row in (*rows, *fresh)])
    soft = np.where(labels[:200], 0.9, 0.1).astype(np.float32)
    batch = SoftLabelBatch(tuple(papers[:200]), soft, np.ones(200, np.float32))
    write_soft_labels(tmp_path / "soft.parquet", taxonomy, Provenance(), [batch])
    model = Omikuji.train(SoftLabels(tmp_path / "soft.parquet"), NearDuplicates(papers[200:]))
    given = tuned_predictions(model.scores(papers[200:]), labels[200:])
    assert (given == labels[200:]).mean() > 0.95


def test_held_out_papers_teach_nothing(tmp_path: Path) -> None:
    """A held-out paper in the soft labels adds no word to the vocabulary."""
    taxonomy = parse_taxonomy(TAXONOMY, "tiny")
    papers = (Paper("a", "walrus kelp"), Paper("b", "heron reed"), Paper("c", "gull cliff"))
    batch = SoftLabelBatch(papers, np.eye(3, dtype=np.float32), np.ones(3, np.float32))
    write_soft_labels(tmp_path / "soft.parquet", taxonomy, Provenance(), [batch])
    model = Omikuji.train(SoftLabels(tmp_path / "soft.parquet"), NearDuplicates([papers[0]]))
    assert sorted(model.vectorizer.vocabulary_) == ["cliff", "gull", "heron", "reed"]


def test_stems_are_those_of_the_snowball_analyzer() -> None:
    """Short words and numbers are dropped, the rest is lower-cased and stemmed."""
    assert stems("We classified 2024 Networks of networking") == ["classifi", "network", "network"]


def test_limit_and_threshold_come_from_the_other_folds() -> None:
    """Where one area a paper is right, one is given however high the second score is."""
    generator = np.random.default_rng(0)
    labels = np.eye(4, dtype=bool)[generator.integers(0, 4, 60)]
    scores = np.where(labels, 0.9, 0.8).astype(np.float32)
    assert (tuned_predictions(scores, labels) == labels).all()
