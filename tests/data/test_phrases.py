"""The syntax of phrases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.phrases import Pattern, Phrase, PhraseError, is_plain, parse_pattern, phrases_of_label


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("Pixel-wise/dense  label*", [Phrase("Pixel wise dense label", True, True)]),
        ("instance-segmentation", [Phrase("instance segmentation")]),
        ("segment* + point cloud", [Phrase("segment", prefix=True), Phrase("point cloud")]),
        ("mIoU", [Phrase("mIoU", case_sensitive=True)]),
        ("C++", [Phrase("C++", case_sensitive=True)]),
        ("A* search", [Phrase("A* search", case_sensitive=True)]),
        ("recall@*", [Phrase("recall@", prefix=True)]),
        ("étale cohomolog*", [Phrase("étale cohomolog", prefix=True)]),
    ],
)
def test_a_pattern_is_read_as_its_phrases(text: str, phrases: list[Phrase]) -> None:
    """Case, stars, separators and conjunctions are understood."""
    assert parse_pattern(text) == Pattern(tuple(phrases))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "*",
        "-",
        "+",
        "a +",
        "+ b",
        "a + + b",
        "a + *",
        "wiki* article",
        "x*",
        "multi-*",
        "a ** b",
        "se**",
    ],
)
def test_a_pattern_that_cannot_match_is_refused(text: str) -> None:
    """The error quotes the pattern."""
    with pytest.raises(PhraseError) as caught:
        parse_pattern(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["point cloud", "segment*", "GAN", "mask + instance", "C*-algebra + lattice*"])
def test_a_pattern_is_written_as_it_can_be_read(text: str) -> None:
    """The text of a pattern gives the same pattern again."""
    assert parse_pattern(str(parse_pattern(text))) == parse_pattern(text)


@pytest.mark.parametrize(
    ("label", "phrases"),
    [
        ("Machine Learning", ["machine learning"]),
        ("DNA sequencing", ["DNA sequencing"]),
        ("pH", ["pH"]),
        ("Great-Circle routes", ["great-circle routes"]),
        ("Self-supervised learning", ["self-supervised learning"]),
        ("Children's literature", ["children's literature"]),
        ("He", ["He"]),
        ("As (element)", ["As + element"]),
        ("X-ray optics", ["X-ray optics"]),
        ("Deep Sea ROV", ["deep sea ROV", "Deep sea ROV", "deep Sea ROV", "Deep Sea ROV"]),
        ("Mercury (planet)", ["mercury + planet"]),
        ("Rotating Arm Test (RAT)", ["rotating arm test + RAT"]),
        ("Kites & balloons", ["kites and balloons"]),
        ("Heat equation [See also 80-XX]", ["heat equation"]),
        ("(E)-isomers", ["(E)-isomers"]),
        ("***", []),
        ("x*y tests", []),
        ("(?)", []),
    ],
)
def test_a_label_of_a_vocabulary_is_found_as_texts_write_it(label: str, phrases: list[str]) -> None:
    """Without capitals that only begin words, for a phrase with a capital is case-sensitive."""
    assert list(phrases_of_label(label)) == phrases


@given(st.text())
def test_every_phrase_of_a_label_is_a_pattern(label: str) -> None:
    """Whatever signs vocabularies put into their labels."""
    for phrase in phrases_of_label(label):
        assert parse_pattern(phrase).phrases


def test_patterns_are_not_plain() -> None:
    """Others would look for their signs."""
    assert is_plain("whale song") and not is_plain("whal*") and not is_plain("whale + song")
