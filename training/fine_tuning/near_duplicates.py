"""Keeps held-out papers, and near-duplicates of them, out of the training of a model.

The same paper often comes twice: another version, a workshop and a journal text, a changed title. Two papers are
near-duplicates here if their titles are equal but for case and punctuation, or if they share most of their word
five-grams (containment; Broder, On the resemblance and containment of documents, 1997).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from data.papers import Paper

WORDS = 5
"""Length of a shingle."""
CONTAINMENT = 0.4
"""Share of the shorter text's shingles in the longer one from which two papers are near-duplicates; unrelated papers
share less than a twentieth."""
FEWEST = 15
"""Texts with fewer shingles are compared by title alone."""


class NearDuplicates:
    """Finds near-duplicates of a fixed set of papers."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        self._titles: set[str] = set()
        self._sizes: list[int] = []
        self._holders: defaultdict[int, list[int]] = defaultdict(list)
        for paper in papers:
            self._titles.add(_title_key(paper))
            shingles = _shingles(paper)
            if len(shingles) >= FEWEST:
                for shingle in shingles:
                    self._holders[shingle].append(len(self._sizes))
                self._sizes.append(len(shingles))

    def __contains__(self, paper: Paper) -> bool:
        """Whether the paper is one of the set or a near-duplicate of one."""
        if _title_key(paper) in self._titles:
            return True
        shingles = _shingles(paper)
        if len(shingles) < FEWEST:
            return False
        shared = Counter(holder for shingle in shingles for holder in self._holders.get(shingle, ()))
        return any(count >= CONTAINMENT * min(self._sizes[holder], len(shingles)) for holder, count in shared.items())


def _title_key(paper: Paper) -> str:
    return "".join(character for character in paper.title.lower() if character.isalnum()) or paper.id


def _shingles(paper: Paper) -> set[int]:
    words = re.findall(r"\w+", f"{paper.abstract or paper.title}".lower())
    return {hash(tuple(words[start : start + WORDS])) for start in range(len(words) - WORDS + 1)}
