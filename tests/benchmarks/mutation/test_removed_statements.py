"""The operator that leaves statements out."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.mutation.removed_statements import Provider

SOURCE = """
def save(path):
    # at once
    sync(path)
    found = look(path)
    if not found:
        raise KeyError(path)
    path.parent.close(1); open.name
    return sync(path)
"""


def _nodes(node: Any) -> list[Any]:
    return [node, *(found for child in getattr(node, "children", ()) for found in _nodes(child))]


def test_calls_and_raises_are_left_out_one_by_one() -> None:
    """Not those whose value is used; comments and the rest of the line stay."""
    parso = pytest.importorskip("parso", reason="needs cosmic-ray (extra mutation)")
    (name,) = Provider()
    operator = Provider()[name]()
    mutated = []
    for place in range(3):
        tree = parso.parse(SOURCE)
        targets = [node for node in _nodes(tree) if list(operator.mutation_positions(node))]
        assert len(targets) == 3
        siblings = targets[place].parent.children
        siblings[siblings.index(targets[place])] = operator.mutate(targets[place], 0)
        mutated.append(tree.get_code())
    assert mutated == [
        SOURCE.replace("    sync(path)\n    found", "    pass\n    found"),
        SOURCE.replace("raise KeyError(path)", "pass"),
        SOURCE.replace("path.parent.close(1)", "pass"),
    ]
