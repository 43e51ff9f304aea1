"""Invented papers of a given number of tokens, the same for the same seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from data.papers import Paper

_CONTENT = """study new method model data large small language image graph network training learning results show
approach improves strong baselines points needs memory measure accuracy three public benchmarks analyse
fails robot protein market theorem signal query user speech attention encoder sparse deep linear random
stable optimal control language planning translation segmentation retrieval clustering inference energy
climate patient privacy security compiler database"""
_FUNCTION = "the of and a in to for we that with on is by are this as from our it which"
_WORDS = (tuple(_CONTENT.split()), tuple(_FUNCTION.split()))
_SHARES = (2, 1)
"""A third of the words of abstracts are function words."""

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
    title = " ".join(_words(random, 8)).capitalize()
    words = _words(random, max(1, tokens - 40))
    while count_tokens(Paper(name, title, _sentences(words)).text) < tokens:
        words += _words(random, 1)
    return Paper(name, title, _sentences(words))


def _words(random: Random, count: int) -> list[str]:
    return [random.choice(kind) for kind in random.choices(_WORDS, _SHARES, k=count)]


def _sentences(words: list[str]) -> str:
    """The words as sentences of 15."""
    return " ".join(" ".join(words[start : start + 15]).capitalize() + "." for start in range(0, len(words), 15))


def tag_body(papers: list[Paper]) -> bytes:
    """The body of POST /tag."""
    return json.dumps(
        {"papers": [{"id": paper.id, "title": paper.title, "abstract": paper.abstract} for paper in papers]}
    ).encode()
