"""Ids of fields and areas that are made from a vocabulary: readable, unique, and the same at every import."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from data.slug import slug

_LONGEST = 80  # characters of a name; an id of two parts stays below the 200 that a REST call takes


@dataclass(frozen=True, slots=True)
class Identity:
    """What an id is made from."""

    name: str
    notation: str
    uri: str
    given: str = ""
    """The id that an exported taxonomy gave it."""


def make_ids(identities: Sequence[Identity], prefixes: Sequence[str]) -> list[str]:
    """Return an id for each, in order: the given one, or prefix and name.

    Where a name is not the only one, each of them has its notation or the end of its URI as well, so that none depends
    on the order of the others.
    """
    plain = [prefix + _shortened(slug(one.name)) for one, prefix in zip(identities, prefixes, strict=True)]
    times = Counter(plain)
    used = {one.given for one in identities if one.given}
    ids: list[str] = []
    for one, prefix, base in zip(identities, prefixes, plain, strict=True):
        if one.given:
            ids.append(one.given)
            continue
        nameless = base == prefix
        if nameless or times[base] > 1 or base in used:
            distinction = _shortened(slug(one.notation) or slug(local_name(one.uri)))
            base = "-".join(part for part in (base, distinction) if part) if not nameless else prefix + distinction
        ids.append(_free(base if base != prefix else f"{prefix}concept", used))
        used.add(ids[-1])
    return ids


def local_name(uri: str) -> str:
    """Return what a URI ends with, "68T50" of http://example.org/msc#68T50."""
    return re.split(r"[/#:]", uri.rstrip("/#"))[-1]


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rpartition("-")[0] or text[:_LONGEST]


def _free(base: str, used: set[str]) -> str:
    number, found = 1, base
    while found in used:
        number += 1
        found = f"{base}-{number}"
    return found
