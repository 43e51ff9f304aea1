"""Finds the phrases of labelling rules in texts, many thousands at once (Aho-Corasick)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import ahocorasick

from data.phrases import Pattern, Phrase

_DROPPED = re.compile(r"[$^\\]")  # LaTeX around a word: "$C^*$-algebra" is "C*-algebra"
_BLANK = re.compile(r"[^\w*+]+|_+")


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
        self._single: dict[Phrase, list[int]] = defaultdict(list)  # phrase -> patterns that are only it
        self._joined: dict[Phrase, list[int]] = defaultdict(list)  # phrase -> patterns that need others too
        for number, pattern in enumerate(self.patterns):
            target = self._single if len(pattern.phrases) == 1 else self._joined
            for phrase in pattern.phrases:
                target[phrase].append(number)
        phrases = {*self._single, *self._joined}
        self._exact = _automaton(phrase for phrase in phrases if phrase.case_sensitive)
        self._lower = _automaton(phrase for phrase in phrases if not phrase.case_sensitive)

    def phrases_in(self, text: str) -> set[Phrase]:
        """Every phrase of any pattern that the text has."""
        words = normalise(text)
        found: set[Phrase] = set()
        for automaton, haystack in ((self._exact, words), (self._lower, words.lower())):
            if automaton is not None:
                for _, phrases in automaton.iter(haystack):
                    found.update(phrases)
        return found

    def patterns_in(self, phrases: set[Phrase]) -> set[int]:
        """Numbers of the patterns that have all their phrases among these."""
        found: set[int] = set()
        for phrase in phrases:
            found.update(self._single.get(phrase, ()))
            for number in self._joined.get(phrase, ()):
                if number not in found and phrases.issuperset(self.patterns[number].phrases):
                    found.add(number)
        return found


def _automaton(phrases: Iterable[Phrase]) -> ahocorasick.Automaton | None:
    keys: dict[str, set[Phrase]] = defaultdict(set)
    for phrase in phrases:
        words = normalise(phrase.text).rstrip()
        if phrase.prefix:
            keys[words].add(phrase)
        else:
            keys[f"{words} "].add(phrase)
            if not words.endswith("s"):
                keys[f"{words}s "].add(phrase)
    if not keys:
        return None
    automaton = ahocorasick.Automaton()
    for key, found in keys.items():
        automaton.add_word(key, tuple(found))
    automaton.make_automaton()
    return automaton
