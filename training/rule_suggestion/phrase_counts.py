"""Phrases that might become rules: what papers are called, and where those phrases occur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from data.papers import Paper
from data.phrases import parse_pattern
from data.taxonomy import Taxonomy
from training.votes.matching import PhraseMatcher, normalise

LONGEST = 4
"""Words of a phrase at most."""
FEWEST_PAPERS = 4
"""Papers of the pool that a phrase must occur in: rarer ones add nothing, and their precision cannot be estimated."""
MOST_PHRASES = 30_000
_NOT_AT_EDGES = ENGLISH_STOP_WORDS | {"based", "using", "via", "toward", "towards", "within", "without"}
_NEVER = {"a", "an", "the", "and", "or", "but", "is", "are", "we", "our"}  # they join two phrases or make a sentence


@dataclass(frozen=True, slots=True)
class PhraseCounts:
    """Where phrases occur: sparse float32 with 1 at (paper, phrase), of the pool and of the labelled papers."""

    phrases: tuple[str, ...]
    pool: csr_matrix  # [papers, phrases]
    labelled: csr_matrix  # [labelled papers, phrases]


def count_phrases(taxonomy: Taxonomy, pool: Sequence[Paper], labelled: Sequence[Paper]) -> PhraseCounts:
    """Find the phrases of 1 to 4 words that titles have in common, and where they occur.

    Titles say what a paper is about; words of abstracts alone are seldom its subject. A phrase of the taxonomy or of
    a labelled title need not be in a title of the pool.
    """
    phrases = _candidates(taxonomy, pool, labelled)
    matcher = PhraseMatcher(map(parse_pattern, phrases))
    in_pool = _occurrences(matcher, pool)
    frequency = np.asarray(in_pool.sum(axis=0)).ravel()
    most = most_found(len(pool), len(taxonomy.areas))
    kept = np.flatnonzero((frequency >= FEWEST_PAPERS) & (frequency <= most))
    texts = tuple(str(matcher.patterns[number]) for number in kept)
    return PhraseCounts(texts, in_pool[:, kept], _occurrences(matcher, labelled)[:, kept])


def most_found(pool: int, areas: int) -> float:
    """Papers of the pool beyond which a rule names no single area: a twentieth, more where there are few areas."""
    return max(pool * min(0.5, max(0.05, 2 / areas)), 5 * FEWEST_PAPERS)


def _candidates(taxonomy: Taxonomy, pool: Sequence[Paper], labelled: Sequence[Paper]) -> list[str]:
    counts: Counter[str] = Counter()
    for paper in pool:
        counts.update(set(_phrases(paper.title)))
    texts = [text for area in taxonomy.areas for text in (area.name, area.description)]
    given = {phrase for text in (*texts, *(paper.title for paper in labelled)) for phrase in _phrases(text)}
    frequent = [phrase for phrase, count in counts.most_common(MOST_PHRASES) if count > 1]
    found = given | set(frequent)
    # a rule matches the plural of its last word too
    return sorted(phrase for phrase in found if not (phrase.endswith("s") and phrase[:-1] in found))


def _phrases(text: str) -> Iterable[str]:
    words = normalise(text).lower().split()
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if _is_phrase(words[start:end]):
                yield " ".join(words[start:end])


def _is_phrase(words: Sequence[str]) -> bool:
    if not all(word.isalnum() and word not in _NEVER for word in words):
        return False
    edges = (words[0], words[-1])
    return all(len(word) > 1 and not word.isdigit() and word not in _NOT_AT_EDGES for word in edges) and (
        len(words) > 1 or len(words[0]) > 2
    )


def _occurrences(matcher: PhraseMatcher, papers: Sequence[Paper]) -> csr_matrix:
    """As phrase rules find them: in the title or in the abstract."""
    rows: list[int] = []
    columns: list[int] = []
    for row, paper in enumerate(papers):
        found = matcher.patterns_in(matcher.phrases_in(paper.title) | matcher.phrases_in(paper.abstract))
        rows.extend([row] * len(found))
        columns.extend(found)
    ones = np.ones(len(rows), np.float32)
    return csr_matrix((ones, (rows, columns)), shape=(len(papers), len(matcher.patterns)))
