"""Choosing papers by value."""

from pathlib import Path

import numpy as np

from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, SoftLabels, write_soft_labels
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.fine_tuning.paper_selection import choose_papers, paper_values


def soft_labels(path: Path, probabilities: np.ndarray, weights: np.ndarray) -> SoftLabels:
    """A soft-label file with these numbers."""
    papers = tuple(Paper(str(n), f"Title {n}") for n in range(len(probabilities)))
    batch = SoftLabelBatch(papers, probabilities.astype(np.float32), weights.astype(np.float32))
    write_soft_labels(path, parse_taxonomy(TAXONOMY, "test"), Provenance(), [batch])
    return SoftLabels(path)


def test_rare_and_clear_papers_are_worth_more() -> None:
    """One clear paper of a rare area is worth more than one of a frequent area, and that more than a vague one."""
    probabilities = np.array([[0.9, 0.0, np.nan]] * 20 + [[0.0, 0.9, 0.0], [0.3, 0.0, 0.0]], dtype=np.float32)
    values = paper_values(probabilities)
    assert values[20] > values[0] > values[21]


def test_choice_flattens_areas_and_keeps_heavy_papers(tmp_path: Path) -> None:
    """A twentieth of the pool becomes a fifth of the choice; heavy papers are in, weightless ones out."""
    generator = np.random.default_rng(0)
    areas = np.where(generator.uniform(size=2000) < 0.05, 1, 0)
    weights = np.ones(2000)
    weights[:10], weights[10:20] = 3.0, 0.0
    soft = soft_labels(tmp_path / "soft.parquet", np.eye(3)[areas] * 0.95, weights)
    chosen = choose_papers(soft, 150)
    assert chosen.sum() == 150
    assert chosen[:10].all() and not chosen[10:20].any()
    assert (areas[chosen] == 1).mean() > 0.2
    assert np.array_equal(chosen, choose_papers(soft, 150))
    assert choose_papers(soft, 5000).all()
