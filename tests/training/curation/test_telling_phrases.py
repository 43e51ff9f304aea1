"""Phrases that tell areas apart."""

from collections import Counter

from data.papers import Paper
from training.curation.telling_phrases import phrase_counts, telling_phrases


def _papers(*texts: str) -> list[Paper]:
    return [Paper(str(number), "", text) for number, text in enumerate(texts)]


def test_papers_are_counted_not_words() -> None:
    """Words and pairs of neighbours, once a paper, without words that every paper has."""
    counts = phrase_counts(_papers("The whale song. Whale song again!", "We study whale-watching", "a whale"))
    assert counts == Counter(
        {"whale": 2, "song": 1, "whale song": 1, "song whale": 1, "again": 1, "song again": 1, "study": 1}
        | {"whale-watching": 1, "study whale-watching": 1}
    )


def test_the_most_telling_comes_first() -> None:
    """What both areas have tells nothing, nor what few papers have."""
    here = phrase_counts(_papers(*["whale song in the ocean data"] * 8, "one rare squid", "whale data"))
    there = phrase_counts(_papers(*["bird flight over the ocean data"] * 8))
    assert telling_phrases(here, there)[0] in {"whale", "whale song", "song"}
    assert not {"ocean", "data", "squid"} & set(telling_phrases(here, there))
    assert telling_phrases(there, here)[0] in {"bird", "flight", "bird flight"}


def test_no_word_is_said_twice() -> None:
    """A pair beside one of its words would say no more."""
    here = Counter({"neural": 30, "neural network": 30, "network": 30, "song": 20})
    words = [word for phrase in telling_phrases(here, Counter({"bird": 30})) for word in phrase.split()]
    assert len(words) == len(set(words))


def test_areas_without_papers_have_no_phrases() -> None:
    """Rather than failing."""
    assert telling_phrases(Counter(), Counter()) == []
    assert len(telling_phrases(Counter({f"word{n}": 9 for n in range(20)}), Counter(), count=3)) <= 3
