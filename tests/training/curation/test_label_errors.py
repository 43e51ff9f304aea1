"""Suspected label errors."""

import numpy as np

from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.curation.label_errors import suspected_errors

AREAS = parse_taxonomy(TAXONOMY, "areas.yaml")


def test_planted_errors_are_at_the_top() -> None:
    """Ten wrong decisions among six hundred come first, where the model is usually right."""
    generator = np.random.default_rng(5)
    truth = generator.random((200, 3)) < [0.4, 0.3, 0.05]
    logits = np.where(truth, 2.5, -3.0) + generator.normal(scale=0.7, size=truth.shape)
    probabilities = (1 / (1 + np.exp(-logits))).astype(np.float32)
    wrong = {(row, column) for row, column in zip(range(10, 200, 19), [0, 1] * 5, strict=True)}
    given = truth.copy()
    for row, column in wrong:
        given[row, column] ^= True
    labelled = [
        LabelledPaper(Paper(str(row), f"Paper {row}"), tuple(np.array(AREAS.area_ids)[areas]))
        for row, areas in enumerate(given)
    ]
    found = suspected_errors(labelled, probabilities, AREAS)
    first = {(int(item.paper.id), AREAS.index(item.area)) for item in found[:8]}
    assert len(first) == 8 and first <= wrong
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)
    worst = found[0].to_record()
    assert worst["given"] is not worst["predicted"]


def test_what_a_label_leaves_open_is_no_error() -> None:
    """An incomplete label can only be wrong in what it names."""
    labelled = [
        LabelledPaper(Paper("1", "On whales"), ("sea/whales",), ("sea/ships",), complete=False),
        LabelledPaper(Paper("2", "On ships"), ("sea/ships",)),
    ]
    probabilities = np.array([[0.9, 0.1, 0.99], [0.1, 0.9, 0.1]], np.float32)
    assert not [item for item in suspected_errors(labelled, probabilities, AREAS) if item.area == "sky/birds"]
