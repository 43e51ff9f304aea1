"""Which papers can be asked about: those an annotator can answer reliably from title and abstract, in bounded memory.

A question that nobody can answer well teaches the annotator's guess (robust active distillation selects among what is
reliable: Baykal et al., Robust Active Distillation, 2023): a paper needs enough text, in English.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper, content_id
from data.reservoir import Reservoir

FloatArray = NDArray[np.float32]

FEWEST_WORDS = 40
"""A title alone, or a line of an abstract, does not say what a paper is about."""
FUNCTION_WORDS = frozenset(
    ("the", "of", "and", "to", "is", "that", "we", "for", "with", "this", "are", "by", "be", "from", "which", "our")
)
SMALLEST_SHARE = 0.12
"""Share of function words from which a text counts as English; abstracts have 0.25 to 0.4, other languages 0.03."""

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that might be asked about, with the votes of other sources float32 [areas] (NaN: silent) if there are."""

    paper: Paper
    votes: FloatArray | None = None


@dataclass(slots=True)
class Pool:
    """Candidates, and what became of the papers that are not among them."""

    candidates: list[Candidate]
    read: int = 0
    labelled: int = 0
    unanswerable: int = 0
    passed_over: int = 0
    """Answerable, but beyond the size of the pool."""

    def summary(self) -> str:
        """One line for people."""
        return (
            f"read {self.read:,} = candidates {len(self.candidates):,} + labelled {self.labelled:,} + too short, not "
            f"English or repeated {self.unanswerable:,} + passed over {self.passed_over:,}"
        )


def is_answerable(paper: Paper) -> bool:
    """Whether there is enough English text to label the paper by."""
    words = _WORD.findall(paper.text.lower())
    return len(words) >= FEWEST_WORDS and sum(word in FUNCTION_WORDS for word in words) >= SMALLEST_SHARE * len(words)


def collect_pool(candidates: Iterable[Candidate], labelled: frozenset[str], size: int, seed: int) -> Pool:
    """At most `size` answerable candidates, each content once, in the order read; a stream needs no more memory.

    Beyond `size` a random sample is kept (`data.reservoir`): papers about which the votes are uncertain are likelier,
    by their entropy; without votes all are equally likely.

    Args:
        candidates: papers that could be labelled.
        labelled: content ids of papers that are left out (`data.papers.content_id`).
        size: most papers kept.
        seed: of the random sample.
    """
    pool = Pool([])
    sample: Reservoir[Candidate] = Reservoir(size, seed)
    seen: set[str] = set()
    for candidate in candidates:
        pool.read += 1
        content = content_id(candidate.paper.title, candidate.paper.abstract)
        if content in labelled:
            pool.labelled += 1
        elif content in seen or not is_answerable(candidate.paper):
            pool.unanswerable += 1
        else:
            seen.add(content)
            sample.add(candidate, _weight(candidate))
    pool.candidates = sample.items()
    pool.passed_over = sample.seen - len(pool.candidates)
    return pool


def _weight(candidate: Candidate) -> float:
    if candidate.votes is None:
        return 1.0
    votes = np.clip(np.nan_to_num(candidate.votes, nan=0.0), 1e-6, 1 - 1e-6)
    return 0.05 + float(-(votes * np.log(votes) + (1 - votes) * np.log(1 - votes)).sum())
