"""An operator of cosmic-ray: a call whose result nobody uses, or a raise, is left out.

Durability rests on such statements: a forgotten fsync changes no result of any function. cosmic-ray itself removes
none. The classes are found by their entry point (see `benchmarks.mutation.workspace`) and have no base class, so that
cosmic-ray is needed only where mutants are made. Nodes are those of parso.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Span = tuple[tuple[int, int], tuple[int, int]]
"""Line and column of the first character, and of that after the last."""


class RemoveStatement:
    """Replaces a statement by `pass`."""

    @classmethod
    def arguments(cls) -> tuple[()]:
        """It has no settings."""
        return ()

    @classmethod
    def examples(cls) -> tuple[()]:
        """They are in its tests."""
        return ()

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        """Where this operator can change a node."""
        if _is_call(node) or node.type == "raise_stmt":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, _: int) -> Any:
        """Return what stands in its place."""
        import parso  # it comes with cosmic-ray

        (replacement,) = parso.parse("pass").children[:1]
        replacement.get_first_leaf().prefix = node.get_first_leaf().prefix
        return replacement


class Provider:
    """What cosmic-ray asks for operators."""

    def __iter__(self) -> Iterator[str]:
        return iter(("RemoveStatement",))

    def __getitem__(self, name: str) -> type[RemoveStatement]:
        return {"RemoveStatement": RemoveStatement}[name]


def _is_call(node: Any) -> bool:
    """Whether the node is a statement of its own that ends in a call, awaited or not."""
    if node.type != "atom_expr" or node.parent is None or node.parent.type != "simple_stmt":
        return False
    last = node.children[-1]
    return bool(last.type == "trailer" and last.children[0].value == "(")
