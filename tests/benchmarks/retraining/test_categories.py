"""Samples of labelled papers."""

from collections import Counter

import pytest

from benchmarks.retraining.categories import frequent_areas, labels_of
from data.labels import LabelledPaper
from data.papers import Paper

LABELS = [
    LabelledPaper(Paper(str(number)), areas)
    for number, areas in enumerate([("a",)] * 30 + [("b",)] * 20 + [("a", "b")] * 10 + [("c",)] * 5 + [("d",)])
]


def test_frequent_areas_are_drawn_among_the_most_frequent() -> None:
    """All of them where as many are asked for; always the same ones for a seed."""
    assert frequent_areas(LABELS, 2, 2, seed=0) == ("a", "b")
    drawn = {frequent_areas(LABELS, 2, 3, seed) for seed in range(20)}
    assert len(drawn) > 1 and not any("d" in areas for areas in drawn)
    assert frequent_areas(LABELS, 2, 3, 5) == frequent_areas(LABELS, 2, 3, 5)
    with pytest.raises(ValueError, match="4 occur"):
        frequent_areas(LABELS, 5, 9, seed=0)


def test_every_area_returns_with_as_many_labels() -> None:
    """A paper with two of the areas counts for both; where too few occur, all of them are taken."""
    taken, counts = labels_of(LABELS, ("a", "b", "d"), 8, seed=1)
    named = Counter(area for label in taken for area in label.areas)
    assert counts == {"a": 8, "b": 8, "d": 1} == dict(named)
    assert len({label.paper.id for label in taken}) == len(taken)
