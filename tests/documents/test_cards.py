"""The cards say of the bundled model and its data what the files say."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from data.taxonomy_file import load_taxonomy
from tests.documents.pages import ROOT

MODEL_CARD = (ROOT / "docs/model-card.md").read_text()
DATA_CARD = (ROOT / "docs/data-card.md").read_text()
README = (ROOT / "README.md").read_text()
METRICS = json.loads((ROOT / "model/bundled/metrics.json").read_text())
MEASURES = {
    "micro-F1": "micro_f1",
    "macro-F1": "macro_f1",
    "precision of the first area": "p_at_1",
    "mean average precision": "mean_average_precision",
    "expected calibration error": "ece",
    "Brier score": "brier",
    "Brier score of the areas' frequencies": "brier_prior",
    "papers without any area": "abstention",
}


@pytest.mark.parametrize("measure", MEASURES)
def test_figures_of_the_bundled_model(measure: str) -> None:
    """Those that its training measured, with their intervals."""
    row = re.search(rf"(?m)^\| {re.escape(measure)} \| ([\d.]+) \(([\d.]+) to ([\d.]+)\) \|$", MODEL_CARD)
    assert row is not None
    name = MEASURES[measure]
    measured = (METRICS[name], *METRICS["intervals"][name])
    assert [float(figure) for figure in row.groups()] == pytest.approx(measured, abs=0.00051)


def test_the_version_of_the_bundled_model() -> None:
    """A new model needs new figures."""
    version = json.loads((ROOT / "model/bundled/manifest.json").read_text())["version"]
    assert f"| measure | model {version} |" in MODEL_CARD


def test_recorded_votes_of_the_data_card() -> None:
    """How many papers each file has."""
    folder = ROOT / "data/recorded_votes"
    found = {path.name: gzip.decompress(path.read_bytes()).count(b"\n") for path in folder.glob("*.gz")}
    named = re.findall(r"(?m)^\| `([\w.-]+)` \| ([\d,]+) \|", DATA_CARD)
    assert {name: int(papers.replace(",", "")) for name, papers in named} == found


def test_the_scope_is_counted() -> None:
    """Areas and fields, and how many lie in the fields that the limits name."""
    taxonomy = load_taxonomy(None)
    counts = {field.id: len(field.areas) for field in taxonomy.fields}
    for page in (README, DATA_CARD):
        assert f"{len(taxonomy.areas)} areas in {len(counts)} fields" in page
    computing = ("vision", "language", "speech-audio", "machine-learning", "artificial-intelligence", "robotics")
    assert f"{sum(counts[name] for name in (*computing, 'information-retrieval'))} of 118 lie in" in MODEL_CARD
    assert (counts["health-life-science"], counts["earth"], counts["economics-finance"]) == (5, 1, 2)
    assert counts["machine-learning"] == 27
