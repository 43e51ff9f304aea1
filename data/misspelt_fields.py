"""Names of fields that nearly are those of a title or an abstract: what is lost by a slip of the keyboard is said."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from data.field_names import is_known, normal_name

_LONGEST = 30  # characters of a name that may be misspelt
_MOST = 50  # fields of a record that are looked at


@lru_cache(maxsize=512)  # records of one source have few different sets of names
def misspelt_fields(names: tuple[str, ...]) -> Mapping[str, str]:
    """Return {a name that no source uses: "title" or "abstract", which it nearly is}."""
    found = {}
    for name in names[:_MOST]:
        if len(name) > _LONGEST or is_known(name):
            continue
        if near := get_close_matches(normal_name(name), ("title", "abstract"), n=1, cutoff=0.8):
            found[name] = near[0]
    return found
