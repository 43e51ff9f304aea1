"""`areatag guide` with a tagger that needs no model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, write_soft_labels
from data.taxonomy_file import load_taxonomy
from tests.serving.cli.conftest import Command, write_lines
from tests.training.curation.test_candidate_pool import ENGLISH


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """Two papers and a broken line."""
    papers = [
        {"id": name, "title": f"A {word} of songs", "abstract": ENGLISH + extra}
        for name, word, extra in (("a", "segmentation", ""), ("b", "translation", " There is more."))
    ]
    return write_lines(tmp_path / "pool.jsonl", [papers[0], "{broken", papers[1]])


def test_guide_is_written_from_papers_and_from_labels(areatag: Command, pool: Path, tmp_path: Path) -> None:
    """Each area has a section; without papers and labels there is nothing to write."""
    nothing = areatag("guide")
    assert nothing.code == 1 and "store labels first" in nothing.err
    target = tmp_path / "guide.md"
    outcome = areatag("guide", pool, "-o", target)
    assert outcome.code == 0, outcome.err
    text = target.read_text()
    assert "A segmentation of songs (`a`)" in text and text.count("\n### ") == len(load_taxonomy().areas)
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(Paper("l", "Stored songs", ENGLISH), ("vision/segmentation",)))])
    assert "Stored songs (`l`)" in areatag("guide").out


def test_soft_labels_are_believed_and_a_sample_is_said_to_be_one(areatag: Command, pool: Path, tmp_path: Path) -> None:
    """The model looks at papers without votes alone, and at no more than --pool of them."""
    taxonomy = load_taxonomy()
    votes = np.full((1, len(taxonomy.areas)), 0.01, np.float32)
    votes[0, taxonomy.index("vision/segmentation")] = 0.99
    soft = tmp_path / "soft.parquet"
    batch = SoftLabelBatch((Paper("s", "Voted songs", ENGLISH),), votes, np.ones(1, np.float32))
    write_soft_labels(soft, taxonomy, Provenance(), [batch])
    outcome = areatag("guide", soft, pool, "--pool", "1")
    assert outcome.code == 0, outcome.err
    assert "Voted songs (`s`)" in outcome.out and "The model looks at 1 of the 2 papers" in outcome.err
    assert "Rejected" in outcome.err and "Areas without a typical paper" in outcome.err
