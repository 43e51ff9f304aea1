"""Phrase rules on sentences written for the purpose."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from data.papers import Paper
from data.phrases import parse_pattern, phrases_of_label
from data.rules import AreaRules
from data.taxonomy import Area, Field, Taxonomy
from training.votes.matching import PhraseMatcher
from training.votes.phrases import PhraseRules, own_phrases

TAXONOMY = Taxonomy(1, (Field("v", "V", (), (Area("v/seg", "Image segmentation"), Area("v/gan", "Adversarial nets"))),))
RULES = {
    "v/seg": AreaRules(
        core=tuple(map(parse_pattern, ("semantic segmentation", "pixel label*", "mask + instance"))),
        hints=tuple(map(parse_pattern, ("mIoU", "boundary"))),
        unless=(parse_pattern("market segmentation"),),
    )
}


def found(text: str, *patterns: str) -> list[str]:
    """Which of the patterns occur in the text."""
    matcher = PhraseMatcher(map(parse_pattern, patterns))
    hits = matcher.patterns_in(matcher.phrases_in(text))
    return [patterns[matcher.patterns.index(parse_pattern(p))] for i, p in enumerate(patterns) if i in hits]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Point-clouds, everywhere.", "point cloud"),
        ("a Graph/network model", "graph network"),
        ("segmentations of cells", "segment*"),
        ("We train a GAN.", "GAN"),
        ("two (GANs)", "GAN"),
        ("masks for every instance", "instance + mask"),
        ("the $C^*$-algebra of a graph", "C*-algebra"),
        ("patients with Alzheimer's disease", "alzheimer's disease"),
        ("point\ncloud", "point cloud"),
    ],
)
def test_found(text: str, pattern: str) -> None:
    """Separators, plurals, open endings, case, conjunctions and LaTeX."""
    assert found(text, pattern) == [pattern]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("began to gan", "GAN"),
        ("cloudy points", "point cloud"),
        ("resegment", "segment*"),
        ("masks only", "instance + mask"),
        ("", "anything"),
    ],
)
def test_not_found(text: str, pattern: str) -> None:
    """Whole words only, case where the phrase has it, and every part of a conjunction."""
    assert found(text, pattern) == []


def votes_on(title: str, abstract: str = "") -> dict[str, list[int]]:
    """Votes of every function on one paper, by name."""
    source = PhraseRules(TAXONOMY, RULES)
    votes = source.vote([Paper("1", title, abstract)])
    return {f.name.removeprefix("phrases."): votes[row, 0].tolist() for row, f in enumerate(source.functions)}


def test_a_title_speaks_through_its_own_function() -> None:
    """One core phrase in the title is also one core phrase anywhere, but not two."""
    votes = votes_on("Semantic segmentation of leaves")
    assert [votes[name][0] for name in ("title", "core1", "core2", "core3")] == [1, 1, 0, 0]


def test_different_core_phrases_add_up() -> None:
    """Three different ones reach every level; the same one three times is one."""
    votes = votes_on("Leaves", "Semantic segmentation by pixel labelling: an instance is a mask.")
    assert [votes[name][0] for name in ("title", "core1", "core2", "core3")] == [0, 1, 1, 1]
    repeated = votes_on("Leaves", "Semantic segmentation. Semantic segmentation. Semantic segmentation.")
    assert (repeated["core1"][0], repeated["core2"][0]) == (1, 0)


def test_one_hint_is_not_enough() -> None:
    """Two different hints are a vote of the weakest function."""
    assert votes_on("Leaves", "A sharp boundary.")["hints2"] == [0, 0]
    assert votes_on("Leaves", "A sharp boundary, with better mIoU.")["hints2"] == [1, 0]


def test_unless_silences_the_area() -> None:
    """A vetoing phrase takes all votes of its area, wherever it stands."""
    votes = votes_on("Semantic segmentation", "Useful in market segmentation.")
    assert not any(votes[name][0] for name in votes)


def test_an_area_without_rules_is_found_by_its_name() -> None:
    """The taxonomy's names and phrases are core phrases where nobody wrote rules."""
    assert votes_on("Training adversarial nets")["title"] == [0, 1]
    rules = own_phrases(Area("x", "Faces, people and body pose", phrases=("gait",)))
    texts = [pattern.phrases[0].text for pattern in rules.core]
    assert texts == ["gait", "faces, people and body pose", "body pose"]


@pytest.mark.parametrize("name", ["???", "x*y", "A* search", "Music + dance"])
def test_a_name_is_no_pattern(name: str) -> None:
    """Names of areas may have any sign; what has a meaning in phrases costs no labelling."""
    PhraseRules(Taxonomy(1, (Field("f", "F", (), (Area("f/a", name),)),)), {})


def test_a_name_with_a_qualifier() -> None:
    """The qualifier must stand somewhere in the text, not behind the name."""
    rules = own_phrases(Area("x", "Mercury (planet)"))
    assert [str(pattern) for pattern in rules.core] == ["mercury + planet"]


@given(st.lists(st.from_regex(r"[a-z]{2,6}(-[a-z]{2,6})?|[A-Z]{2,4}", fullmatch=True), min_size=1, max_size=4))
def test_a_label_is_found_however_its_words_begin(words: list[str]) -> None:
    """In a sentence, at its beginning and in a headline, when the vocabulary writes it as a headline."""
    assume(len("".join(words)) > 2)  # a mere "He" stays as it is
    headline = " ".join(word[:1].upper() + word[1:] for word in words)
    patterns = phrases_of_label(headline)
    sentence = " ".join(words)
    for text in (f"We study {sentence}.", sentence[:1].upper() + sentence[1:], headline):
        assert found(text, *patterns), (text, patterns)
