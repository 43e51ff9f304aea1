"""Invented papers of a given number of tokens, the same for the same seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from data.papers import Paper

_TEXT = """we study the of a new method for and to in with on model data large small language image graph network
training learning results show that our approach improves over strong baselines by several points while it needs less
memory we measure accuracy on three public benchmarks and analyse where it fails robot protein market theorem signal
query user speech attention encoder sparse deep linear random stable optimal control language planning translation
segmentation retrieval clustering inference energy climate patient privacy security compiler database"""
_WORDS = tuple(_TEXT.split())

CountTokens = Callable[[str], int]


def invented_papers(count: int, tokens: int, count_tokens: CountTokens, seed: int = 0) -> list[Paper]:
    """Papers of `tokens` tokens, or one or two more.

    Args:
        count: of papers.
        tokens: of each paper.
        count_tokens: of a title and an abstract together, as the encoder reads them.
        seed: of the words chosen.
    """
    random = Random(seed)
    return [_paper(f"benchmark-{number}", tokens, count_tokens, random) for number in range(count)]


def _paper(name: str, tokens: int, count_tokens: CountTokens, random: Random) -> Paper:
    title = " ".join(random.choices(_WORDS, k=8)).capitalize()
    words = random.choices(_WORDS, k=max(1, tokens - 40))
    while count_tokens(Paper(name, title, _sentences(words)).text) < tokens:
        words.append(random.choice(_WORDS))
    return Paper(name, title, _sentences(words))


def _sentences(words: list[str]) -> str:
    """The words as sentences of 15."""
    return " ".join(" ".join(words[start : start + 15]).capitalize() + "." for start in range(0, len(words), 15))


def tag_body(papers: list[Paper]) -> bytes:
    """The body of POST /tag."""
    return json.dumps(
        {"papers": [{"id": paper.id, "title": paper.title, "abstract": paper.abstract} for paper in papers]}
    ).encode()
