"""Labels as phrases."""

from __future__ import annotations

import pytest

from data.skos.phrases import is_plain, phrase_of


@pytest.mark.parametrize(
    ("label", "phrase"),
    [
        ("Machine Learning", "machine learning"),
        ("DNA sequencing", "DNA sequencing"),
        ("pH", "pH"),
        ("Great-Circle routes", "great-circle routes"),
        ("***", None),
        ("x*y tests", None),
    ],
)
def test_capitals_that_only_begin_a_word_go(label: str, phrase: str | None) -> None:
    """For a phrase with a capital is case-sensitive."""
    assert phrase_of(label) == phrase


def test_patterns_are_not_plain() -> None:
    """Others would look for their signs."""
    assert is_plain("whale song") and not is_plain("whal*") and not is_plain("whale + song")
