"""Every number format of the encoder is measured on the same papers."""

from pathlib import Path

import pytest

from benchmarks.encoder_precisions import RUNTIMES, compare_precisions
from model.artefact import Artefact


def test_all_answer_alike(tiny_model: Path) -> None:
    """Rates, ratios to torch in float32, and the same F1 but for rounding."""
    found = compare_precisions(Artefact.open(tiny_model), tiny_model.parent / "gold.jsonl", seconds=0.0)
    assert found.keys() == RUNTIMES.keys()
    assert found["torch f32"]["times_torch_f32"] == 1.0
    assert all(row["papers_per_second"] > 0 for row in found.values())
    expected = found["torch f32"]["micro_f1"]
    assert [row["micro_f1"] for row in found.values()] == [pytest.approx(expected, abs=0.05)] * len(RUNTIMES)
