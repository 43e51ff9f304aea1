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


def test_every_area_has_its_share_and_a_paper_without_an_idea_none() -> None:
    """Of two whales the doubtful one is likelier to come first; each paper says what is open about it."""
    told: list[tuple[int, int]] = []
    candidates = [Candidate(paper(number), VOTES.get(f"p{number}")) for number in range(4)]
    seen = look_at(candidates, _look, lambda done, total: told.append((done, total)))
    items = review_queue(seen, AREAS, 10)
    assert told == [(4, 4)]
    assert {item.paper.id for item in items} == {"p0", "p1", "p3"}
    found = {item.paper.id: item for item in items}
    assert found["p3"].reason == "Votes give Whales 97%, the model 1%."
    assert found["p1"].reason == "The model is unsure of Whales (50%), Ships (40%)."
    assert found["p0"].reason == "The model is sure; it is drawn by chance."
    assert found["p3"].score > found["p1"].score > found["p0"].score
    assert [guess.id for guess in found["p1"].guesses] == ["sea/whales", "sea/ships", "sky/birds"]
    record = found["p1"].to_record("v1")
    assert set(record) == {"id", "title", "abstract", "guesses", "questions", "reason", "score", "model"}


def test_the_queue_is_cut_and_repeatable() -> None:
    """The first papers of a longer queue are the shorter one."""
    seen = look_at([Candidate(paper(number)) for number in range(4)], _look)
    assert review_queue(seen, AREAS, 1) == review_queue(seen, AREAS, 3)[:1]


def test_an_area_that_is_labelled_already_waits() -> None:
    """Of three whales and three ships, with three whales labelled, a ship comes first."""
    whales, ships = [[0.9, 0.1, 0.1]] * 3, [[0.1, 0.9, 0.1]] * 3
    rows = np.array([*whales, *ships], np.float32)
    seen = look_at([Candidate(paper(number)) for number in range(6)], lambda _: (np.eye(6, dtype=np.float32), rows))
    first = review_queue(seen, AREAS, 1, np.array(whales, np.float32))[0]
    assert first.guesses[0].id == "sea/ships"


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
