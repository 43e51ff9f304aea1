"""Phrases in texts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.phrases import Pattern, Phrase
from training.votes.matching import PhraseMatcher, normalise


def _found(text: str, *patterns: Pattern) -> list[str]:
    matcher = PhraseMatcher(patterns)
    numbers = sorted(matcher.patterns_in(matcher.phrases_in(text)))
    return [" & ".join(sorted(phrase.text for phrase in matcher.patterns[number].phrases)) for number in numbers]


def _pattern(*texts: str, prefix: bool = False, case_sensitive: bool = False) -> Pattern:
    return Pattern(tuple(Phrase(text, prefix=prefix, case_sensitive=case_sensitive) for text in texts))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We train a neural network.", True),
        ("Neural\n networks, again", True),
        ("neural-network models", True),
        ("a neural networking event", False),
        ("the preneural network", False),
        ("neural; network", True),
        ("(neural network)", True),
    ],
)
def test_a_phrase_is_whole_words_or_their_plural(text: str, found: bool) -> None:
    """Case and what stands between the words do not matter."""
    assert bool(_found(text, _pattern("neural network"))) is found


def test_an_open_phrase_may_have_any_ending() -> None:
    """It still begins with a word."""
    assert _found("We classify whales", _pattern("classif", prefix=True)) == ["classif"]
    assert _found("We reclassify whales", _pattern("classif", prefix=True)) == []


def test_case_counts_where_it_is_asked_for() -> None:
    """A plural has a small s."""
    pattern = _pattern("GAN", case_sensitive=True)
    assert _found("GANs and a GAN", pattern) == ["GAN"]
    assert _found("the gan of it", pattern) == []


def test_a_joined_pattern_needs_all_its_phrases() -> None:
    """Anywhere in the text, in any order; of several patterns each is found for itself."""
    joined = _pattern("whale", "song")
    assert _found("The song of the whale", joined, _pattern("whale")) == ["song & whale", "whale"]
    assert _found("The whale is silent", joined, _pattern("whale")) == ["whale"]


def test_mathematics_around_a_word_is_taken_off() -> None:
    """As LaTeX writes it in abstracts."""
    assert normalise("the $C^*$-algebra_of U-Nets") == " the C* algebra of U Nets "
    assert _found(r"A $C^*$-algebra", _pattern("c*-algebra")) == ["c*-algebra"]


_WORDS = st.lists(st.sampled_from(["whale", "whales", "song", "of", "the", "sea", "seas"]), max_size=12)


@given(_WORDS, st.lists(st.sampled_from(["whale", "song of", "the sea", "of the"]), unique=True, max_size=4))
def test_many_at_once_are_found_as_each_alone(words: list[str], phrases: list[str]) -> None:
    """What regular expressions find one by one."""
    text = " ".join(words)
    expected = [phrase for phrase in phrases if re.search(rf"\b{phrase}s?\b", text)]
    assert _found(text, *map(_pattern, phrases)) == expected
