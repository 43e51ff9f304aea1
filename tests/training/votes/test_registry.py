"""Which labelling functions a run gets from what it has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy
from training.votes.material import Floats32, Material
from training.votes.registry import make_sources
from training.votes.text_classifier import MIN_LABELLED
from training.votes.vote_matrix import no_labels

TAXONOMY = Taxonomy(
    version=1, fields=(Field("birds", "Birds", (), (Area("birds/geese", "Geese"), Area("birds/ducks", "Ducks"))),)
)
PAPERS = [Paper(str(number), f"Geese over bay {number}") for number in range(MIN_LABELLED)]


def _embed(texts: Sequence[str]) -> Floats32:
    rows = np.array([[len(text), 1.0] for text in texts], np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _kinds(material: Material) -> list[str]:
    return [source.functions[0].source for source in make_sources(material)]


def test_functions_without_what_they_need_are_left_out() -> None:
    """An encoder for similarity, recorded votes for learning."""
    assert _kinds(Material(TAXONOMY, {}, PAPERS)) == ["arxiv", "phrases"]
    assert _kinds(Material(TAXONOMY, {}, PAPERS, embed=_embed)) == ["arxiv", "phrases", "zero-shot"]
    labels = no_labels(len(PAPERS), 2)
    labels[::2, 0] = 1
    assert _kinds(Material(TAXONOMY, {}, PAPERS, PAPERS, labels)) == ["arxiv", "phrases", "learned"]
    assert _kinds(Material(TAXONOMY, {}, PAPERS, PAPERS[1:], labels[1:])) == ["arxiv", "phrases"]
