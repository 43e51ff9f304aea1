"""Shows where in a paper a rule found what it looks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.errors import AreatagError
from data.papers import Paper
from data.phrases import Phrase, parse_pattern
from training.votes.vote_matrix import Rule

AROUND = 60  # characters shown on either side


@dataclass(frozen=True, slots=True)
class Snippet:
    """A few words of a paper with the phrase in the middle."""

    before: str
    phrase: str
    after: str


def snippet(rule: Rule, paper: Paper) -> Snippet | None:
    """The first place of a phrase rule in the paper's text, None where there is none to show."""
    try:
        phrases = parse_pattern(rule.text).phrases
    except AreatagError:  # no phrase: the name of a function, say
        return None
    text = paper.text
    for phrase in phrases:
        found = _expression(phrase).search(text)
        if found is not None:
            start, end = found.span()
            before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
            # where it is cut, no half words
            before = f"… {before.partition(' ')[2]}" if start > AROUND else before
            after = f"{after.rpartition(' ')[0]} …" if end + AROUND < len(text) else after
            return Snippet(before, found.group(), after)
    return None


def _expression(phrase: Phrase) -> re.Pattern[str]:
    """Finds a phrase in a text as written: any separators between its words, a plural or any ending."""
    words = r"[\W_]+".join(map(re.escape, phrase.text.split()))
    ending = r"\w*" if phrase.prefix else r"s?(?!\w)"
    return re.compile(rf"(?<!\w){words}{ending}", 0 if phrase.case_sensitive else re.IGNORECASE)
