"""What tests of training share."""

from pathlib import Path

import pytest

from tests.support.tiny import records, write_jsonl
from training.fine_tuning.train_options import TrainOptions


@pytest.fixture(scope="session", autouse=True)
def graphs_once(traced_graphs: None) -> None:
    """Each of them may train."""


@pytest.fixture
def options(tiny_model: Path, tmp_path: Path) -> TrainOptions:
    """A short run on the tiny corpus, from the encoder of the tiny model, into a folder of its own."""
    return TrainOptions(
        output=tmp_path / "made" / "out",
        labels=write_jsonl(tmp_path / "labels.jsonl", records(48, seed=3)),
        taxonomy=tiny_model / "taxonomy.yaml",
        validation=tiny_model.parent / "gold.jsonl",
        encoder=str(tiny_model),
        max_tokens=32,
        inference_tokens=32,
        epochs=1,
    )
