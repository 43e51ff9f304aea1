"""The review queue."""

from collections.abc import Sequence

import numpy as np
import pytest

from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from tests.training.curation.test_candidate_pool import paper
from training.curation.candidate_pool import Candidate
from training.curation.queue import FEWEST_QUESTIONS, GUESSES, look_at, review_queue

AREAS = parse_taxonomy(TAXONOMY, "areas.yaml")
PROBABILITIES = {
    "p0": [0.99, 0.01, 0.01],  # sure
    "p1": [0.50, 0.40, 0.01],  # unsure
    "p2": [0.02, 0.02, 0.02],  # without an idea
    "p3": [0.01, 0.98, 0.01],  # sure, and against the votes
}
VOTES = {"p3": np.array([0.97, 0.02, np.nan], np.float32)}


def _look(papers: Sequence[Paper]) -> tuple[np.ndarray, np.ndarray]:
    rows = np.array([PROBABILITIES[paper.id] for paper in papers], np.float32)
    return np.eye(4, dtype=np.float32)[[int(paper.id[1:]) for paper in papers]], rows


def test_uncertainty_and_disagreement_come_first() -> None:
    """What the model is sure of with everybody comes last, and what it has no idea of not at all."""
    told: list[tuple[int, int]] = []
    candidates = [Candidate(paper(number), VOTES.get(f"p{number}")) for number in range(4)]
    seen = look_at(candidates, _look, lambda done, total: told.append((done, total)))
    items = review_queue(seen, AREAS, 10)
    assert told == [(4, 4)]
    assert [item.paper.id for item in items] == ["p3", "p1", "p0"]
    assert items[0].reason == "Votes give Whales 97%, the model 1%."
    assert items[1].reason == "The model is unsure of Whales (50%), Ships (40%)."
    assert [guess.id for guess in items[1].guesses] == ["sea/whales", "sea/ships", "sky/birds"]
    record = items[1].to_record("v1")
    assert set(record) == {"id", "title", "abstract", "guesses", "questions", "reason", "score", "model"}


def test_the_queue_is_cut_and_repeatable() -> None:
    """The first papers of a longer queue are the shorter one."""
    seen = look_at([Candidate(paper(number)) for number in range(4)], _look)
    assert review_queue(seen, AREAS, 1) == review_queue(seen, AREAS, 3)[:1]


def test_every_area_that_may_apply_is_a_question() -> None:
    """All of some probability, however many; where the model is sure of one, the nearest others too."""
    rows = np.array([[0.5, 0.12, 0.11], [0.99, 0.02, 0.01]], np.float32)
    seen = look_at([Candidate(paper(0)), Candidate(paper(1))], lambda papers: (np.eye(2, dtype=np.float32), rows))
    asked = {item.paper.id: [question.score for question in item.questions] for item in review_queue(seen, AREAS, 2)}
    assert asked["p0"] == pytest.approx([0.5, 0.12, 0.11])
    assert len(asked["p1"]) == FEWEST_QUESTIONS
    many = np.full((1, 40), 0.2, np.float32)
    areas = "\n".join(f"      - {{id: f/a{number}, name: A{number}}}" for number in range(40))
    wide = parse_taxonomy(f"version: 1\nfields:\n  - id: f\n    name: F\n    areas:\n{areas}\n", "wide.yaml")
    (item,) = review_queue(look_at([Candidate(paper(0))], lambda _: (np.ones((1, 2), np.float32), many)), wide, 1)
    assert len(item.questions) == 40 and len(item.guesses) == GUESSES
