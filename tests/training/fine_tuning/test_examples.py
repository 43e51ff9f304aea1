"""The memory-mapped dataset."""

from pathlib import Path

import numpy as np
import pytest

from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from model.runtimes.tokenization import Tokenizer
from tests.support.tiny import TAXONOMY, write_tiny_encoder
from training.fine_tuning.examples import Example, build_dataset, collate

PAPER = Paper("p", "Whale song", "the whale")


def test_dataset_is_on_disk_and_cut(tmp_path: Path) -> None:
    """Rows keep their order; long texts are cut at the limit; labels hold areas, then fields."""
    tokenizer = Tokenizer(write_tiny_encoder(tmp_path / "encoder") / "tokenizer.json")
    taxonomy = parse_taxonomy(TAXONOMY, "test")
    long = Paper("q", "Bird", "bird nest " * 100)
    rows = [Example(PAPER, np.array([1, 0, 0], np.float32)), Example(long, np.array([0, 0, 1], np.float32), 2.0)]
    dataset = build_dataset(rows, taxonomy, tokenizer, 16, tmp_path / "examples.arrow")
    assert len(dataset) == 2
    assert dataset.cache_files[0]["filename"] == str(tmp_path / "examples.arrow")
    assert dataset[1]["length"] == 16
    assert dataset[0]["labels"] == [1, 0, 0, 1, 0]
    batch = collate([dataset[0], dataset[1]], tokenizer.padding_id)
    assert batch["input_ids"].shape == (2, 16)
    assert batch["attention_mask"].sum(1).tolist() == [dataset[0]["length"], 16]
    assert batch["weights"].tolist() == pytest.approx([1.0, 2.0])
