"""The syntax of phrases."""

import pytest

from data.phrases import Pattern, Phrase, PhraseError, parse_pattern


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
