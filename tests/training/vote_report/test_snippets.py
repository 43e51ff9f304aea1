"""Places of phrases in sentences written for the purpose."""

import pytest

from data.papers import Paper
from training.vote_report.snippets import snippet
from training.votes.vote_matrix import Rule


@pytest.mark.parametrize(
    ("phrase", "title", "found"),
    [
        ("point cloud", "Many Point-Clouds at sea", "Point-Clouds"),
        ("segment*", "On segmentation", "segmentation"),
        ("GAN", "He began a GAN", "GAN"),
        ("mask + leaf", "A leaf under a mask", "mask"),
    ],
)
def test_the_phrase_is_shown_as_it_was_written(phrase: str, title: str, found: str) -> None:
    """Separators, plurals, open endings, case; of joined phrases the first."""
    shown = snippet(Rule(0, "core phrase", phrase), Paper("1", title))
    assert shown is not None and shown.phrase == found
    assert shown.before + shown.phrase + shown.after == title


def test_a_long_text_is_cut_at_words() -> None:
    """Only what stands around the phrase is shown."""
    shown = snippet(Rule(0, "hint", "tide"), Paper("1", "", f"{'before ' * 40}tide{' after' * 40}"))
    assert shown is not None
    assert set(shown.before.split()) == {"…", "before"} and set(shown.after.split()) == {"after", "…"}
    assert len(shown.before) <= 62 and len(shown.after) <= 62


def test_what_is_no_phrase_or_not_there_has_no_place() -> None:
    """A category, a function's name, and a phrase that only occurs as part of a word."""
    for text in ("cs.CV", "a *", "gan"):
        assert snippet(Rule(0, "category", text), Paper("1", "He began")) is None
