"""The areas in one value of a record: a list, or a text that is one, as tables, scripts and people write it."""

import ast
import json
import re
from collections.abc import Mapping

from data.area_names import AreaNames

_SEPARATORS = (";", "|", "\n", ",")
_BRACKETS = {"[": "]", "(": ")", "{": "}"}
_QUOTED = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")
_QUOTED_ITEMS = re.compile(rf"[\s,]*(?:(?:{_QUOTED.pattern})[\s,]*)+")
_MOST_LITERAL = 50_000
"""Characters of a Python literal that is parsed; one that is nested deeply must not use up the stack."""


def area_items(value: object, names: AreaNames) -> list[str] | None:
    """Return what a value names as areas, each an id or a name as it is written there; None where it is no list.

    A list has texts, or objects with an id or a name, as in label records. A text is a list in JSON, as Python or NumPy
    print it, or names with one of `; | ,` or a line end between them; an empty one names none.
    """
    if isinstance(value, str):
        return _in_text(value.strip(), names)
    if not isinstance(value, list | tuple):
        return None
    items = [_item(item) for item in value]
    return [item for item in items if item] if all(item is not None for item in items) else None


def keywords_that_are_areas(value: object, names: AreaNames) -> list[str]:
    """Return those keywords of a reference that name areas, as `areatag label` writes them into BibTeX, RIS, CSL-JSON.

    What stands before a colon is taken for the prefix of a keyword where the rest is an area.
    """
    texts = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
    keywords: list[str] = []
    for text in texts:
        if isinstance(text, str):
            separator = ";" if ";" in text else ","
            keywords += [text] if text in names else _separated(text, separator, names)
    bare = (keyword if keyword in names else keyword.partition(":")[2].strip() for keyword in keywords)
    return [keyword for keyword in bare if keyword and keyword in names]


def _item(item: object) -> str | None:
    if isinstance(item, Mapping):
        given = (item.get(key) for key in ("id", "name"))
        item = next((text for text in given if text), None)
    return item.strip() if isinstance(item, str) else None


def _in_text(text: str, names: AreaNames) -> list[str] | None:
    if text and _BRACKETS.get(text[0]) == text[-1]:
        inside = text[1:-1]
        if _QUOTED_ITEMS.fullmatch(inside):
            return [(first or second).strip() for first, second in _QUOTED.findall(inside)]
        if "{" in inside:  # objects
            return area_items(_literal(text), names)
        text = inside.strip()
    if text in names:
        return [text]
    ways = [_separated(text, sign, names) for sign in _SEPARATORS if sign in text] or [[text] if text else []]
    return next((items for items in ways if all(item in names for item in items)), ways[0])


def _literal(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if len(text) > _MOST_LITERAL:
        return None
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return value


def _unquoted(part: str) -> str:
    return part.strip().strip("'\"").strip()


def _separated(text: str, separator: str, names: AreaNames) -> list[str]:
    """Return the parts of a text; those of a name that has the separator in it are joined again, the longest first."""
    parts = [part for part in map(_unquoted, text.split(separator)) if part]
    items: list[str] = []
    start = 0
    while start < len(parts):
        longest = min(names.most_parts, len(parts) - start)
        for size in range(longest, 0, -1):
            item = f"{separator} ".join(parts[start : start + size])
            if size == 1 or item in names:
                items.append(item)
                start += size
                break
    return items
