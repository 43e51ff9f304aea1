"""Packages import one way, and no folder or module imports what imports it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("data", "model", "training", "serving")
"""Each may import those before it."""


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def _modules() -> Mapping[str, Path]:
    return {_name(path): path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))}


def _imports(path: Path) -> Iterator[str]:
    """Our modules that a file imports, anywhere in it, for types too."""
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[tuple[str, str]] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [(f"{node.module}.{alias.name}", node.module) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [(alias.name, alias.name) for alias in node.names]
        for name, parent in names:
            found = name if name in _modules() else parent
            if found in _modules():
                yield found


@cache
def _by_module() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(_imports(path)) - {name} for name, path in _modules().items()}


def _by_folder() -> Mapping[str, frozenset[str]]:
    folders: dict[str, set[str]] = {}
    for name, imported in _by_module().items():
        own = _folder(name)
        folders.setdefault(own, set()).update({_folder(other) for other in imported} - {own})
    return {name: frozenset(imported) for name, imported in folders.items()}


def _folder(name: str) -> str:
    return _modules()[name].parent.relative_to(ROOT).as_posix()


def circles(imports: Mapping[str, frozenset[str]]) -> set[str]:
    """Whatever imports itself by way of others."""
    reached = {name: set(imported) for name, imported in imports.items()}
    for middle in imports:  # Warshall's closure
        for name in imports:
            if middle in reached[name]:
                reached[name] |= reached[middle]
    return {name for name, others in reached.items() if name in others}


def test_circles_are_found() -> None:
    """Also those over several, and not what merely leads into one."""
    imports = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}, "e": {"f"}, "f": {"g"}, "g": {"e"}}
    assert circles({name: frozenset(others) for name, others in imports.items()}) == {"b", "c", "e", "f", "g"}


@pytest.mark.parametrize("layer", LAYERS)
def test_packages_import_one_way(layer: str) -> None:
    """Serving -> training -> model -> data, and never back."""
    allowed = LAYERS[: LAYERS.index(layer) + 1]
    wrong = [
        f"{name} imports {other}"
        for name, imported in _by_module().items()
        for other in imported
        if name.split(".")[0] == layer and other.split(".")[0] not in allowed
    ]
    assert not wrong


def test_nothing_needs_the_tests() -> None:
    """What tests share with others lies with those: benchmarks run where no tests are."""
    folders = (*LAYERS, "benchmarks", "docs", "examples")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    lines = [(path, line) for path in paths for line in path.read_text().splitlines()]
    assert not [str(path) for path, line in lines if line.lstrip().startswith(("from tests", "import tests"))]


def test_no_module_is_in_a_circle() -> None:
    """Imports inside functions and for types count: they tie modules together as much."""
    assert not circles(_by_module())


def test_no_folder_is_in_a_circle() -> None:
    """A folder can be understood with those that it imports alone."""
    assert not circles(_by_folder())
