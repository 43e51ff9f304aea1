"""The whole path on the tiny corpus: train without an area, return it, retrain, compare."""

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.retraining.categories import read_categories
from benchmarks.retraining.hidden_categories import Sizes, area_table, measure, summary_table
from model import versions
from tests.support.tiny import TAXONOMY, records


def test_a_hidden_area_returns(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels, models and scores of all three systems are there; the caller's own models and labels are not touched."""
    monkeypatch.setattr("training.train.resolve_encoder", lambda name: str(tiny_model / "encoder"))
    folder = tmp_path / "categories"
    folder.mkdir()
    (folder / "areas.yaml").write_text(TAXONOMY)
    for name, count, seed in (("train", 160, 21), ("test", 60, 22)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in records(count, seed))
    found = read_categories(folder, None, 50, seed=0)
    assert (len(found.train), len(found.test)) == (160, 50)
    sizes = Sizes(hidden=1, labels=30, replay=100, epochs=2, max_tokens=32, inference_tokens=32, seed=1)
    place = tmp_path / "work"
    place.mkdir()
    figures = measure(found, ("sea/ships",), sizes, place)
    systems = figures["systems"]
    assert figures["labels"] == {"sea/ships": 30} and figures["retraining"]["mode"] == "encoder and heads"
    assert systems["trained on all labels"]["hidden_f1"] > 0.8
    assert systems["retrained"]["others_micro_f1"] > 0.6
    assert set(figures["categories"]["sea/ships"]) == {*systems, "test papers"}
    assert versions.versions() == ["bundled"]
    assert "70 %" in summary_table(figures).markdown() and "sea/ships" in area_table(figures).markdown()
