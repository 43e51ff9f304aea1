"""Levels of concepts: what has nothing broader is on level 1, and everything else one below the nearest of its broader.

A vocabulary is a graph, not a tree: concepts have several broader ones, and some of those lead round in circles.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Hierarchy(Generic[Key]):
    """Concepts with their levels."""

    levels: dict[Key, int]
    """From 1, in the order of a walk from the top: level after level."""
    parents: dict[Key, Key]
    """Of every concept below level 1, the broader one on the level above that comes first."""
    narrower: dict[Key, list[Key]]
    circles: int
    """Circles that nothing above leads into, each opened at the concept that comes first."""

    def below(self, concept: Key, deeper_than: int) -> Iterator[Key]:
        """Every concept below this one and on a deeper level than that, once."""
        seen, waiting = {concept}, [concept]
        while waiting:
            for child in self.narrower.get(waiting.pop(), ()):
                if child not in seen and self.levels[child] > deeper_than:
                    seen.add(child)
                    waiting.append(child)
                    yield child


def arrange(broader: Mapping[Key, Set[Key]], order: Callable[[Key], tuple[object, ...]]) -> Hierarchy[Key]:
    """Arrange concepts, each with its broader ones (all of them keys too); `order` sorts those that stand side by side.

    Time and memory grow with the number of concepts and relations; nothing is recursive.
    """
    places = {concept: place for place, concept in enumerate(sorted(broader, key=order))}
    narrower: dict[Key, list[Key]] = {}
    for concept in places:
        for above in broader[concept]:
            narrower.setdefault(above, []).append(concept)
    levels: dict[Key, int] = {}
    parents: dict[Key, Key] = {}
    _walk([concept for concept in places if not broader[concept]], narrower, levels, parents)
    circles = 0
    for concept in places:
        if concept not in levels:
            start = min(_circle(concept, broader, levels), key=places.__getitem__)
            _walk([start], narrower, levels, parents)
            circles += 1
    return Hierarchy(levels, parents, narrower, circles)


def _walk(tops: list[Key], narrower: Mapping[Key, list[Key]], levels: dict[Key, int], parents: dict[Key, Key]) -> None:
    level, present = 1, tops
    levels.update(dict.fromkeys(tops, level))
    while present:
        level += 1
        below: list[Key] = []
        for concept in present:
            for child in narrower.get(concept, ()):
                if child not in levels:
                    levels[child], parents[child] = level, concept
                    below.append(child)
        present = below


def _circle(concept: Key, broader: Mapping[Key, Set[Key]], levels: Mapping[Key, int]) -> list[Key]:
    """A circle above a concept that no walk has reached: nothing above it was reached either, so there is one."""
    path: dict[Key, None] = {}
    while concept not in path:
        path[concept] = None
        concept = next(above for above in sorted(broader[concept], key=str) if above not in levels)
    whole = list(path)
    return whole[whole.index(concept) :]
