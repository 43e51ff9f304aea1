"""Phrases of labelling rules and taxonomies: the syntax, what is matched, and which phrases find a label in texts.

A pattern is one phrase, or several joined by " + " that must all occur somewhere in title and abstract. A
phrase is words; hyphen, slash and space are the same, a plural "s" is matched too, a trailing `*` matches any
ending ("segment*"), and a phrase with an upper-case letter is case-sensitive ("GAN", "mIoU").
A star after an upper-case letter inside a phrase is itself ("A* search", "C*-algebra").
"""

import re
from dataclasses import dataclass
from itertools import product

from data.errors import AreatagError, quoted

SEPARATORS = re.compile(
    r"[\s/\-\u2010-\u2015]+"
)  # what counts as a space in a phrase and in the text it is matched with

_STAR_INSIDE = re.compile(r"(?<![A-Z])\*")
_NOTE = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}")  # "Heat equation [See also 80-XX]"
_QUALIFIED = re.compile(r"(.*\w.*?)\s*\(([^()]*\w[^()]*)\)")  # "Mercury (planet)"
_LETTERS = re.compile(r"[^\W\d_]+")


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


def phrases_of_label(label: str) -> tuple[str, ...]:
    """Return the patterns that find a label of a vocabulary in texts; none where it has nothing to find.

    Labels begin with capitals where texts do not, and a phrase with a capital is case-sensitive: words that only begin
    with one lose it ("Self-supervised learning"), but "DNA", "pH", "X-ray" and a mere "He" stay. Beside such a word
    texts may write the others either way, so there is a pattern for each. A qualifier in parentheses must occur too,
    anywhere ("mercury + planet"); notes in brackets are left out, and "&" is "and".
    """
    text = " ".join("and" if word == "&" else word for word in _NOTE.sub(" ", label).split())
    qualified = _QUALIFIED.fullmatch(text)
    variants = [_case_variants(part) for part in (qualified.groups() if qualified else [text])]
    found = dict.fromkeys(" + ".join(parts) for parts in product(*variants))
    return tuple(pattern for pattern in found if _is_pattern(pattern))


def is_plain(phrase: str) -> bool:
    """Return whether a phrase is a label that others can use: no pattern with `*` or `+`."""
    pattern = parse_pattern(phrase)
    return len(pattern.phrases) == 1 and not pattern.phrases[0].prefix


def _is_pattern(text: str) -> bool:
    try:
        parse_pattern(text)
    except PhraseError:
        return False
    return True


def _case_variants(text: str) -> tuple[str, ...]:
    words = text.split()
    if len(text) < 3:
        return (text,)
    lowered = [_uncapitalised(word) for word in words]
    if not any(character.isupper() for word in lowered for character in word):
        return (" ".join(lowered),)
    starts, ends = (lowered[:1], words[:1]), (lowered[1:], words[1:])
    return tuple(dict.fromkeys(" ".join([*start, *end]) for end in ends for start in starts))


def _uncapitalised(word: str) -> str:
    """The word in lower case where its parts only begin with a capital, and the first is more than a letter."""
    parts = _LETTERS.findall(word)
    only_begins = all(part[1:] == part[1:].lower() for part in parts)
    return word.lower() if only_begins and (word.istitle() or len("".join(parts[:1])) > 1) else word


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
