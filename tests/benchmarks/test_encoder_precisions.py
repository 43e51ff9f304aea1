"""Every number format of the encoder is measured on the same papers."""

from pathlib import Path

import pytest

from benchmarks.base_encoder import BaseEncoder
from benchmarks.encoder_precisions import BASE, RUNTIMES, compare_precisions
from data.papers import Paper
from model.artefact import Artefact


def test_all_answer_alike(tiny_model: Path) -> None:
    """Rates, ratios to the base encoder, and the same F1 but for rounding."""
    found = compare_precisions(Artefact.open(tiny_model), tiny_model.parent / "gold.jsonl", seconds=0.0)
    assert found.keys() == {BASE, *RUNTIMES}
    assert found[BASE].keys() == {"papers_per_second", "times_base"} and found[BASE]["times_base"] == 1.0
    assert all(row["papers_per_second"] > 0 for row in found.values())
    expected = found["torch f32"]["micro_f1"]
    assert [found[name]["micro_f1"] for name in RUNTIMES] == [pytest.approx(expected, abs=0.05)] * len(RUNTIMES)


def test_the_base_encoder_reads_whole_papers() -> None:
    """Function words count; what is beyond 256 tokens does not."""
    base = BaseEncoder()
    assert base.count_tokens("The theory of whales") == base.count_tokens("theory whales") + 2
    long = [Paper("", "Whales", "They sing. " * times) for times in (200, 300)]
    first, second = base.embed(long)
    assert first == pytest.approx(second) and base.rate(long) > 0
