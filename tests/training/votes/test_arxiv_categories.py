"""Distant labels from arXiv categories."""

import numpy as np

from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy
from training.votes.arxiv_categories import ArxivCategories

TAXONOMY = Taxonomy(
    1,
    (
        Field("vision", "Vision", ("cs.CV",), (Area("v/low", "Low level", "", ("eess.IV",)), Area("v/3d", "3D"))),
        Field("theory", "Theory", (), (Area("t/games", "Games", "", ("cs.GT",)), Area("t/sorting", "Sorting"))),
    ),
)


def votes_on(*categories: str) -> dict[str, list[int]]:
    """Votes of every function on one paper, by name."""
    source = ArxivCategories(TAXONOMY)
    votes = source.vote([Paper("1", "A title", categories=categories)])
    assert votes.shape == (4, 1, 4)
    return {f.name: votes[row, 0].tolist() for row, f in enumerate(source.functions)}


def test_the_first_category_has_a_function_of_its_own() -> None:
    """The same category speaks through another function when it is not the first."""
    assert votes_on("cs.GT", "eess.IV")["arxiv.primary"] == [0, 0, 1, 0]
    assert votes_on("cs.GT", "eess.IV")["arxiv.other"] == [1, 0, 0, 0]


def test_a_field_is_only_a_hint() -> None:
    """Areas of a named field get the weak vote, unless one of their own categories already spoke."""
    assert votes_on("cs.CV")["arxiv.field"] == [1, 1, 0, 0]
    assert votes_on("eess.IV")["arxiv.field"] == [0, 1, 0, 0]


def test_only_far_areas_are_voted_against_never_siblings() -> None:
    """Sorting is a sibling of games: a games category does not speak against it."""
    assert votes_on("cs.GT")["arxiv.far"] == [-1, -1, 0, 0]


def test_unknown_or_no_categories_abstain() -> None:
    """Without a category that the taxonomy knows nothing is said, also not against."""
    for categories in ((), ("math.XX",)):
        assert not np.any(list(votes_on(*categories).values()))


def test_every_category_of_an_area_is_a_rule() -> None:
    """It fires for each paper that has it, first or not; one that names only a field, or nothing, is no rule."""
    source = ArxivCategories(TAXONOMY)
    papers = [Paper("0", "T", "", ("cs.GT", "eess.IV")), Paper("1", "T", "", ("cs.CV", "math.XX")), Paper("2", "T")]
    numbers, rules = source.fired(papers, source.vote(papers))
    said = {
        (int(number), source.rules[rule].text, source.rules[rule].area)
        for number, rule in zip(numbers, rules, strict=True)
    }
    assert said == {(0, "cs.GT", 2), (0, "eess.IV", 0)}
