"""From what a language model wrote to area ids: strict about meaning, forgiving about what stands around it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from data.taxonomy import Taxonomy

_MOST_TRIES = 200
"""Places in an answer at which JSON is looked for."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """Nothing usable was said about a paper; why, as part of a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said about one paper."""

    areas: tuple[str, ...]
    unknown: tuple[str, ...]
    """Ids that the taxonomy lacks; they are left out of `areas`."""


def read_answers(content: str, papers: int, taxonomy: Taxonomy) -> list[Answer | Unusable]:
    """What an answer says about each of the papers of a request, in their order."""
    found = next((given for given in map(_by_number, _objects(content)) if given is not None), None)
    if found is None:
        return [Unusable("the answer is not the JSON that was asked for")] * papers
    return [_answer(found.get(number), taxonomy) for number in range(1, papers + 1)]


def _objects(content: str) -> Iterator[object]:
    """JSON values in a text, the last first: models think aloud before they answer, or wrap it in a code block."""
    decoder = json.JSONDecoder()
    starts = [position for position, character in enumerate(content) if character in "{["]
    inside_of = 0
    values: list[object] = []
    for start in starts[:_MOST_TRIES]:
        if start < inside_of:
            continue
        try:
            value, inside_of = decoder.raw_decode(content, start)
        except (ValueError, RecursionError):
            continue
        values.append(value)
    yield from reversed(values)


def _by_number(value: object) -> dict[int, object] | None:
    """The areas by paper number; None when the value is no answer. A lone list or object answers for paper 1."""
    if isinstance(value, Mapping) and isinstance(value.get("papers"), list):
        entries = value["papers"]
        if not all(isinstance(entry, Mapping) and isinstance(entry.get("paper"), int) for entry in entries):
            return None
        return {int(entry["paper"]): entry.get("areas") for entry in entries}
    if isinstance(value, Mapping) and "areas" in value:
        return {1: value["areas"]}
    if isinstance(value, list) and value and all(isinstance(area, str) for area in value):
        return {1: value}
    return None


def _answer(areas: object, taxonomy: Taxonomy) -> Answer | Unusable:
    if areas is None:
        return Unusable("the answer leaves this paper out")
    if not isinstance(areas, list) or not all(isinstance(area, str) for area in areas):
        return Unusable("the areas are no list of ids")
    by_spelling = {area_id.casefold(): area_id for area_id in taxonomy.area_ids}
    named = [(area, by_spelling.get(area.strip().casefold())) for area in areas]
    known = tuple(dict.fromkeys(area_id for _, area_id in named if area_id is not None))
    unknown = tuple(dict.fromkeys(area.strip() for area, area_id in named if area_id is None))
    if unknown and not known:  # an empty vote would claim that no area fits
        return Unusable("the answer names only areas that the taxonomy lacks")
    return Answer(known, unknown)
