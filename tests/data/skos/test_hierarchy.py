"""Levels of concepts in any graph."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data.skos.hierarchy import arrange

GRAPHS = st.integers(1, 12).flatmap(
    lambda size: st.lists(st.frozensets(st.integers(0, size - 1), max_size=3), min_size=size, max_size=size)
)


@given(GRAPHS)
def test_every_concept_has_its_place(above: list[frozenset[int]]) -> None:
    """Whatever the circles: one level each, a parent on the level above, and no place depends on another order."""
    broader = {concept: found - {concept} for concept, found in enumerate(above)}
    tree = arrange(broader, lambda concept: (concept,))
    assert tree.levels.keys() == broader.keys()
    for concept, parent in tree.parents.items():
        assert parent in broader[concept] and tree.levels[parent] == tree.levels[concept] - 1
    assert {one for one, level in tree.levels.items() if level == 1} == broader.keys() - tree.parents.keys()
    assert {one for one, found in broader.items() if not found} <= broader.keys() - tree.parents.keys()
    turned = arrange(dict(reversed(broader.items())), lambda concept: (concept,))
    assert (turned.levels, turned.parents) == (tree.levels, tree.parents)


@given(GRAPHS, st.integers(1, 3))
def test_what_is_below(above: list[frozenset[int]], depth: int) -> None:
    """Each deeper concept is below some concept of that level, and none below itself."""
    broader = {concept: found - {concept} for concept, found in enumerate(above)}
    tree = arrange(broader, lambda concept: (concept,))
    below = {one: list(tree.below(one, depth)) for one, level in tree.levels.items() if level == depth}
    assert all(len(found) == len(set(found)) and one not in found for one, found in below.items())
    deeper = {one for one, level in tree.levels.items() if level > depth}
    assert {one for found in below.values() for one in found} == deeper


def test_very_deep_vocabularies() -> None:
    """Nothing is recursive."""
    chain = {number: frozenset({number - 1} if number else ()) for number in range(20_000)}
    assert arrange(chain, lambda concept: (concept,)).levels[19_999] == 20_000
