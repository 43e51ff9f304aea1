"""Phrases of labelling rules and taxonomies: the syntax, and what is matched.

A pattern is one phrase, or several joined by " + " that must all occur somewhere in title and abstract. A
phrase is words; hyphen, slash and space are the same, a plural "s" is matched too, a trailing `*` matches any
ending ("segment*"), and a phrase with an upper-case letter is case-sensitive ("GAN", "mIoU").
A star after an upper-case letter inside a phrase is itself ("A* search", "C*-algebra").
"""

import re
from dataclasses import dataclass

from data.errors import AreatagError, quoted

SEPARATORS = re.compile(
    r"[\s/\-\u2010-\u2015]+"
)  # what counts as a space in a phrase and in the text it is matched with

_STAR_INSIDE = re.compile(r"(?<![A-Z])\*")


class PhraseError(AreatagError):
    """A pattern that breaks the phrase syntax."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to find: single spaces for all separators, no `*`, lower-case unless `case_sensitive`."""

    text: str
    case_sensitive: bool = False
    prefix: bool = False  # any ending may follow the last word


@dataclass(frozen=True, slots=True)
class Pattern:
    """Phrases that must all occur (usually one)."""

    phrases: tuple[Phrase, ...]

    def __str__(self) -> str:
        """The pattern as rules and taxonomies write it."""
        return " + ".join(f"{phrase.text}{'*' if phrase.prefix else ''}" for phrase in self.phrases)


def parse_pattern(text: str) -> Pattern:
    """Read a pattern such as "segment* + point cloud"; raises PhraseError saying what is wrong."""
    parts: list[list[str]] = [[]]
    for word in text.split():
        if word == "+":
            parts.append([])
        else:
            parts[-1].append(word)
    if len(parts) > 1 and not all(parts):
        raise _error(text, "has a '+' without a phrase on both sides; complete or remove it")
    return Pattern(tuple(_parse_phrase(" ".join(words), text) for words in parts))


def _parse_phrase(words: str, pattern: str) -> Phrase:
    stem = words.removesuffix("*")
    prefix = stem != words
    text = SEPARATORS.sub(" ", stem).strip()
    if not any(character.isalnum() for character in text):
        raise _error(pattern, "has no letter or digit to look for; write a word or remove it")
    if _STAR_INSIDE.search(stem):
        raise _error(pattern, "has a '*' that is not at its end; end the phrase there")
    if prefix and (SEPARATORS.search(stem[-1]) or sum(map(str.isalnum, text)) < 2):
        raise _error(pattern, "has a '*' that does not follow two letters of a word; write more of the word")
    case_sensitive = any(character.isupper() for character in text)
    return Phrase(text if case_sensitive else text.lower(), case_sensitive, prefix)


def _error(pattern: str, fault: str) -> PhraseError:
    return PhraseError(f"The phrase {quoted(pattern)} {fault}.")
