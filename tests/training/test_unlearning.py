"""Forgetting a paper."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError, UsageError
from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, SoftLabels, write_soft_labels
from data.tagged_papers import remember, tagged_papers
from data.taxonomy_file import parse_taxonomy
from model.activation import activate
from model.fingerprints import FILE_NAME, Fingerprints
from model.versions import install
from tests.support.artefact import close, write_artefact
from tests.support.tiny import TAXONOMY, write_jsonl
from training.unlearning import base_without, find_paper, proof, remove, who_learned

PAPER = Paper("p1", "On the nests of gulls", "Gulls nest on cliffs.")
OTHER = Paper("p2", "On harbours", "Ships rest in harbours.")
REVISED = Paper("p1v2", "On the Nests of Gulls!", "Gulls nest on cliffs, and on roofs.")
AREAS = parse_taxonomy(TAXONOMY, "areas.yaml")


def _soft(path: Path) -> Path:
    papers = (PAPER, OTHER, REVISED)
    batch = SoftLabelBatch(papers, np.full((3, 3), 0.5, np.float32), np.arange(3, dtype=np.float32))
    write_soft_labels(path, AREAS, Provenance(inputs=("pool",)), [batch])
    return path


def _version(folder: Path, name: str, fingerprints: Fingerprints | None) -> str:
    write_artefact(folder / name, name)
    if fingerprints is not None:
        (folder / name / FILE_NAME).write_bytes(fingerprints.to_bytes())
        close(folder / name, name)
    return install(folder / name)


def test_a_paper_is_removed_everywhere(tmp_path: Path) -> None:
    """From store, cache, soft labels and JSONL, with its revision; the rest stays as it was, line by line."""
    soft = _soft(tmp_path / "soft.parquet")
    lines = [dataclasses.asdict(paper) for paper in (OTHER, PAPER)]
    gold = write_jsonl(tmp_path / "gold.jsonl", lines)
    gold.write_text(gold.read_text() + "no json\n")
    remember([PAPER, OTHER], 10)
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(paper, ("sky/birds",))) for paper in (PAPER, OTHER)])
    papers = find_paper("p1", [soft, gold])
    assert papers == [PAPER]
    removed = remove("p1", papers, [soft, gold])
    assert (removed.papers, removed.labels, removed.cached) == (1, 1, 1)
    assert removed.from_files == {str(soft): 2, str(gold): 1}
    (batch,) = SoftLabels(soft).batches()
    assert batch.papers == (OTHER,) and batch.weights.tolist() == [1.0]
    assert SoftLabels(soft).provenance.inputs == ("pool",)
    assert gold.read_text() == f"{json.dumps(lines[0])}\nno json\n"
    assert tagged_papers() == [OTHER]
    with LabelStore.open() as store:
        assert store.is_forgotten(PAPER) and [label.paper for label in store.labelled_papers()] == [OTHER]
    with pytest.raises(UsageError, match="--training-set"):
        find_paper("p1", [soft, gold])


def test_versions_are_told_apart_by_fingerprints(tmp_path: Path) -> None:
    """Those that learned from it, those that did not, and those of which nobody knows."""
    learned = _version(tmp_path, "v-learned", Fingerprints.of([PAPER, OTHER]))
    clean = _version(tmp_path, "v-clean", Fingerprints.of([OTHER]))
    unknown = _version(tmp_path, "v-unknown", None)
    found = who_learned([PAPER])
    assert found.containing == (learned,)
    assert clean in found.clean and unknown in found.unknown
    assert base_without(found) == "bundled"  # active, and clean
    activate(learned)
    assert base_without(found) in {clean, "bundled"}
    assert "is without the paper: none of its 2 fingerprints" in proof(clean, [PAPER])
    with pytest.raises(AreatagError, match="learned from the paper"):
        proof(learned, [REVISED])
    with pytest.raises(AreatagError, match="nothing can be proven"):
        proof(unknown, [PAPER])


def test_without_a_clean_version_nothing_is_promised(tmp_path: Path) -> None:
    """A model that may contain the paper is no start for one that must not."""
    _version(tmp_path, "v-learned", Fingerprints.of([PAPER]))
    found = dataclasses.replace(who_learned([PAPER]), clean=())
    assert not found.calibrated
    with pytest.raises(AreatagError, match="No version is provably without"):
        base_without(found)


def test_a_compressed_training_set_is_not_passed_over(tmp_path: Path) -> None:
    """A paper that stays in a file is not forgotten."""
    path = tmp_path / "labels.jsonl.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00")
    with pytest.raises(UsageError, match="unpack it"):
        find_paper("p1", [path])
