"""Which papers are asked about."""

import numpy as np
import pytest

from data.papers import Paper, content_id
from training.curation.candidate_pool import Candidate, collect_pool, is_answerable

ENGLISH = (
    "We study how the songs of whales travel through the ocean, and which of them are heard by other whales. "
    "For this we listen to the sea with microphones that are moored along the coast, and compare the recordings "
    "from two winters. The songs are longer in the second winter, which our model of the noise does explain."
)
GERMAN = (
    "Wir untersuchen, wie die Gesänge der Wale durch den Ozean wandern und welche davon andere Wale hören. Dazu "
    "lauschen wir mit Mikrofonen, die entlang der Küste verankert sind, und vergleichen die Aufnahmen zweier Winter. "
    "Die Gesänge sind im zweiten Winter länger, was unser Modell des Lärms erklärt und was niemand erwartet hatte."
)


def paper(number: int, text: str = ENGLISH) -> Paper:
    """An answerable paper of its own."""
    return Paper(f"p{number}", f"Songs of whales, part {number}", text)


@pytest.mark.parametrize(
    ("text", "answerable"), [(ENGLISH, True), (GERMAN, False), ("We study the songs of whales.", False), ("", False)]
)
def test_only_english_text_of_some_length_can_be_judged(text: str, answerable: bool) -> None:
    """A title alone is too little, and annotators need not know German."""
    assert is_answerable(paper(1, text)) is answerable


def test_the_pool_leaves_out_and_counts() -> None:
    """Labelled papers, repeated ones and those that nobody can judge."""
    given = [paper(1), paper(2), paper(2), paper(3, GERMAN)]
    labelled = frozenset([content_id(given[0].title, given[0].abstract)])
    pool = collect_pool(map(Candidate, given), labelled, size=10, seed=1)
    assert [candidate.paper.id for candidate in pool.candidates] == ["p2"]
    assert (pool.read, pool.labelled, pool.unanswerable, pool.passed_over) == (4, 1, 2, 0)
    assert pool.summary().startswith("read 4 = candidates 1 + labelled 1 +")


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    """In the order of the input, another one for another seed."""

    def sample(seed: int) -> list[str]:
        pool = collect_pool((Candidate(paper(number)) for number in range(200)), frozenset(), 20, seed)
        assert pool.passed_over == 180
        return [candidate.paper.id for candidate in pool.candidates]

    assert sample(1) == sample(1) != sample(2)
    assert sample(1) == sorted(sample(1), key=lambda name: int(name[1:]))


def test_uncertain_votes_are_likelier_in_the_sample() -> None:
    """Among many papers that the votes settle, the uncertain ones are found."""
    sure, uncertain = np.array([0.999, 0.001], np.float32), np.array([0.5, 0.5], np.float32)
    given = [Candidate(paper(number), uncertain if number % 10 == 0 else sure) for number in range(200)]
    pool = collect_pool(given, frozenset(), 20, seed=1)
    assert sum(candidate.votes is uncertain for candidate in pool.candidates) > 10
