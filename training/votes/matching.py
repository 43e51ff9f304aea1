"""Finds the phrases of labelling rules in texts, many thousands at once (Aho-Corasick)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter

import ahocorasick

from data.phrases import Pattern, Phrase

_DROPPED = re.compile(r"[$^\\]")  # LaTeX around a word: "$C^*$-algebra" is "C*-algebra"
_BLANK = re.compile(r"[^\w*+]+|_+")
_WHAT = itemgetter(1)  # of (where a key ends, the phrases it stands for)


def normalise(text: str) -> str:
    """Words between single spaces, one at either end: " the U Net of C* algebras "."""
    return f" {_BLANK.sub(' ', _DROPPED.sub('', text)).strip()} "


class PhraseMatcher:
    """Says which patterns occur in a text.

    A phrase is found as whole words, with a plural "s" or, when it is open, with any ending. Two automata run
    over the text, one as it is and one in lower case, so that "GAN" does not find "gan".
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(dict.fromkeys(patterns))
        # Phrases are numbered: their sets are made and compared for every paper, and numbers hash fastest.
        numbers: dict[Phrase, int] = {}
        self._parts = [
            frozenset(numbers.setdefault(phrase, len(numbers)) for phrase in pattern.phrases)
            for pattern in self.patterns
        ]
        self._single: dict[int, list[int]] = defaultdict(list)  # phrase -> patterns that are only it
        # Of a joined pattern only the longest phrase is looked out for: few papers have it.
        self._joined: dict[int, list[int]] = defaultdict(list)
        lengths = [len(phrase.text) for phrase in numbers]
        for number, parts in enumerate(self._parts):
            if len(parts) == 1:
                self._single[next(iter(parts))].append(number)
            else:
                self._joined[max(sorted(parts), key=lengths.__getitem__)].append(number)
        self._exact = _automaton({p: n for p, n in numbers.items() if p.case_sensitive})
        self._lower = _automaton({p: n for p, n in numbers.items() if not p.case_sensitive})

    def phrases_in(self, text: str) -> set[int]:
        """Numbers of the phrases, of any pattern, that the text has."""
        words = normalise(text)
        found: set[int] = set()
        for automaton, haystack in ((self._exact, words), (self._lower, words.lower())):
            if automaton is not None:
                # Phrases come up again and again in one text; they are made distinct before they are looked at.
                found.update(*set(map(_WHAT, automaton.iter(haystack))))
        return found

    def patterns_in(self, phrases: set[int]) -> set[int]:
        """Numbers of the patterns that have all their phrases among these."""
        found: set[int] = set()
        for phrase in phrases:
            if phrase in self._single:
                found.update(self._single[phrase])
            for number in self._joined.get(phrase, ()):
                if phrases >= self._parts[number]:
                    found.add(number)
        return found


def _automaton(numbers: dict[Phrase, int]) -> ahocorasick.Automaton | None:
    keys: dict[str, set[int]] = defaultdict(set)
    for phrase, number in numbers.items():
        words = normalise(phrase.text).rstrip()
        if phrase.prefix:
            keys[words].add(number)
        else:
            keys[f"{words} "].add(number)
            if not words.endswith("s"):
                keys[f"{words}s "].add(number)
    if not keys:
        return None
    automaton = ahocorasick.Automaton()
    for key, found in keys.items():
        automaton.add_word(key, tuple(found))
    automaton.make_automaton()
    return automaton
