"""Whether a list or a map inside an object is one of papers, by its name and by its first items, as bytes."""

import json
import re

from data.readers.json_object import json_value
from data.readers.json_papers import is_list_name, is_paper

KEY_BYTES = 200
"""So many bytes before a list are enough to know under which key it stands."""

_KEY = re.compile(rb'"((?:[^"\\]|\\.){0,60})"\s*:\s*\Z')
_ASIDE = frozenset(["included", "references", "related", "citations", "facets", "authors"])
_MEMBER = re.compile(r'[\s,]*"(?:[^"\\]|\\.)*"\s*:\s*', re.DOTALL)
_FEWEST_IN_MAP = 2
_DECODER = json.JSONDecoder(strict=False)


def is_list_of_papers(before: bytes, first: bytes, *, after_another: bool) -> bool:
    """Return whether a list holds papers.

    Args:
        before: the object up to the list, at least the last KEY_BYTES.
        first: the first object in the list.
        after_another: whether the object had a list of papers, so that it may have another one under any name.
    """
    found = _KEY.search(before)
    if found is None:
        return False
    key = found.group(1).decode("utf-8", "replace")
    is_wanted = key.lower() not in _ASIDE if after_another else is_list_name(key)
    return is_wanted and begins_with_paper(first)


def begins_with_paper(content: bytes) -> bool:
    """Return whether the first JSON value of some content is a paper."""
    return is_paper(json_value(content))


def begins_as_map(members: bytes) -> bool:
    """Return whether the first members of an object are papers by their ids, as in {"id1": {...}, "id2": {...}}."""
    text, at = members.decode("utf-8", "replace"), 0
    for _ in range(_FEWEST_IN_MAP):
        key = _MEMBER.match(text, at)
        try:
            value, at = _DECODER.raw_decode(text, key.end() if key else len(text))
        except (ValueError, RecursionError):
            return False
        if not is_paper(value):
            return False
    return True
