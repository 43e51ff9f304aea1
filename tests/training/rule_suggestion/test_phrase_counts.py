"""Phrases that might become rules."""

import numpy as np

from data.papers import Paper
from tests.training.rule_suggestion.corpus import TAXONOMY
from training.rule_suggestion.phrase_counts import count_phrases, most_found

POOL = [
    *(Paper(f"a{n}", "The tide pools of a coast", "A tide pool is seen again.") for n in range(6)),
    *(Paper(f"b{n}", "Queen gambit 1851", "Played with a tide pool in view.") for n in range(5)),
    *(Paper(f"c{n}", f"A word{n}", "Nothing in common.") for n in range(40)),
]


def test_phrases_are_counted_as_rules_find_them() -> None:
    """A phrase stands for its plural too, and is found in titles and abstracts."""
    counts = count_phrases(TAXONOMY, POOL, [Paper("x", "One tide pool")])
    frequency = dict(zip(counts.phrases, np.asarray(counts.pool.sum(axis=0)).ravel(), strict=True))
    assert frequency["tide pool"] == 11 and frequency["queen gambit"] == 5
    assert "tide pools" not in frequency
    assert counts.labelled[0, counts.phrases.index("tide pool")] == 1


def test_what_is_no_phrase_is_left_out() -> None:
    """Words that only join, numbers at an edge and what few papers have are no candidates."""
    phrases = count_phrases(TAXONOMY, POOL, []).phrases
    assert not {"the", "of a coast", "the tide pool", "gambit 1851", "1851", "word1"} & set(phrases)
    assert not {"tide pools of a coast", "pools"} & set(phrases)


def test_a_phrase_of_everything_is_left_out() -> None:
    """What most papers have names no area; where there are few areas, a phrase may be frequent."""
    papers = [Paper(str(n), "A common phrase" + (" and rye loaf" if n % 40 == 0 else "")) for n in range(800)]
    phrases = count_phrases(TAXONOMY, papers, []).phrases
    assert "rye loaf" in phrases and "common phrase" not in phrases
    assert most_found(10_000, 118) == 500 and most_found(10_000, 10) == 2000 and most_found(30, 118) == 20
