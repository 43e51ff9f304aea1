"""Inverted indices {word: its positions}, as OpenAlex and AMiner deliver abstracts, and values that a text holds."""

import ast
import json
import re
from collections.abc import Mapping, Sequence

_STRING = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
# What tables hold of lists and indices when a script wrote them with str(). Flat, so that evaluating it is safe.
_PYTHON = re.compile(
    rf"\[\s*{_STRING}(?:\s*,\s*{_STRING})*\s*,?\s*\]"
    rf"|\{{\s*{_STRING}\s*:\s*\[[\d,\s]*\](?:\s*,\s*{_STRING}\s*:\s*\[[\d,\s]*\])*\s*\}}",
    re.DOTALL,
)


def text_of_index(index: Mapping[object, object]) -> str | None:
    """Return the text of an inverted index {word: positions}, None where the object is none."""
    places: dict[object, list[int] | tuple[int, ...]] = {}
    for word, positions in index.items():
        if isinstance(positions, list | tuple):
            places[word] = positions
        elif positions is not None:  # a table of such indices has a column for every word
            return None
    words: list[object] = [None] * sum(map(len, places.values()))
    try:
        for word, found in places.items():
            for position in found:
                words[position] = word
    except (IndexError, TypeError):
        return _sorted_text(places)
    # mostly each word has a place of its own and none is left out, so that nothing needs to be sorted
    return " ".join(map(str, words)) if words and None not in words else _sorted_text(places)


def _sorted_text(index: Mapping[object, Sequence[object]]) -> str | None:
    """Return the text where places are left out or have several words, None where one is no number."""
    places: list[tuple[int, str]] = []
    for word, positions in index.items():
        for position in positions:
            if type(position) is not int:
                return None
            places.append((position, str(word)))
    return " ".join(word for _, word in sorted(places)) if places else None


def decoded(text: str) -> object:
    """Return the list of texts or objects, or the inverted index, that a text is, as JSON or Python; else None."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        value = _in_python(text)
    if isinstance(value, list):
        return value if all(isinstance(item, str | dict) for item in value) else None
    return value if isinstance(value, dict) and (text_of_index(value) is not None or "InvertedIndex" in value) else None


def _in_python(text: str) -> object:
    try:
        return ast.literal_eval(text) if _PYTHON.fullmatch(text) else None
    except (ValueError, SyntaxError, MemoryError):
        return None
