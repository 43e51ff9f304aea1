"""The learned labelling function on made-up titles."""

import numpy as np
import pytest

from data.papers import Paper
from training.votes.text_classifier import LEVELS, Learned

WORDS = (("lens", "pixel", "camera"), ("lemma", "proof", "axiom"), ("price", "trade", "market"))


def made(n: int, seed: int = 0) -> tuple[list[Paper], np.ndarray[tuple[int, int], np.dtype[np.int8]]]:
    """Papers whose title has two words of their area and one that any paper has."""
    rng = np.random.default_rng(seed)
    areas = rng.integers(0, 3, n)
    titles = [" ".join([*rng.choice(WORDS[a], 2), rng.choice(["new", "study", "note"])]) for a in areas]
    papers = [Paper(f"{seed}.{i}", title, categories=("c",)) for i, title in enumerate(titles)]
    return papers, np.eye(3, dtype=np.int8)[areas]


def test_it_learns_and_votes_by_level() -> None:
    """Fresh papers get their area as the strongest score, votes are nested, and the far areas get votes against."""
    papers, labels = made(90)
    learned = Learned.fit(papers, labels)
    fresh, truth = made(30, seed=1)
    assert (learned.scores(fresh).argmax(axis=1) == truth.argmax(axis=1)).mean() > 0.95
    votes = learned.vote(fresh)
    assert votes.shape == (len(LEVELS) + 1, 30, 3) == (len(learned.functions), 30, 3)
    assert (votes[1:-1] <= votes[:-2]).all()
    assert learned.vote([]).shape == (len(LEVELS) + 1, 0, 3)


def test_papers_it_was_trained_on_are_judged_as_if_left_out() -> None:
    """The closed form equals training without the paper, with the features and the mean of all papers."""
    papers, labels = made(60)
    flipped = labels.copy()
    flipped[0] = np.roll(labels[0], 1)  # the only paper with a wrong label
    score = Learned.fit(papers, flipped).scores(papers[:1])[0]
    assert score.argmax() == labels[0].argmax()


def test_of_very_many_papers_a_sample_teaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are judged as the fresh papers that they are to it."""
    monkeypatch.setattr("training.votes.text_classifier.MOST_LABELLED", 40)
    papers, labels = made(120)
    learned = Learned.fit(papers, labels)
    assert len(learned.left_out) == 40
    assert (learned.scores(papers).argmax(axis=1) == labels.argmax(axis=1)).mean() > 0.95
