"""The results table."""

import json
from pathlib import Path

import numpy as np

from benchmarks.quality.results_table import write_results
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.evaluation.report import cross_fitted_report


def test_every_figure_has_its_interval(tmp_path: Path) -> None:
    """A row a system with seven figures and their intervals; the same numbers as JSON."""
    taxonomy = parse_taxonomy(TAXONOMY, "tiny")
    generator = np.random.default_rng(0)
    labels = generator.random((60, 3)) < 0.4
    logits = (4 * labels - 2 + generator.normal(size=labels.shape)).astype(np.float32)
    row = cross_fitted_report("some system", logits, labels, taxonomy)
    write_results({"gold": {"some system": row}, "votes": {}}, tmp_path / "results")
    line = (tmp_path / "results.md").read_text().splitlines()[-1]
    assert line.startswith("| some system | ")
    assert line.count(" to ") == 7
    record = json.loads((tmp_path / "results.json").read_text())["gold"]["some system"]
    assert f"{record['coverage_at_90_precision']:.3f}" in line
    low, high = record["intervals"]["coverage_at_90_precision"]
    assert low <= record["coverage_at_90_precision"] <= high
