"""The diagram of docs/architecture.md is what the code imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.documents.pages import ROOT

PAGE = (ROOT / "docs/architecture.md").read_text()
NODES = dict(re.findall(r'(\w+)\["([\w/]+)"\]', PAGE))
_ARROW = re.compile(r'(?m)^  (\w+)(?:\["[\w/]+"\])? -- "[^":]+: ([\w.]+)" --> (\w+)')


@dataclass(frozen=True, slots=True)
class Arrow:
    """What one folder makes for another, by the module that defines it."""

    start: str
    module: str
    end: str


ARROWS = [Arrow(NODES[start], module, NODES[end]) for start, module, end in _ARROW.findall(PAGE)]


@cache
def _modules() -> Mapping[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for layer in ("data", "model", "training", "serving")
        for path in sorted((ROOT / layer).rglob("*.py"))
        if path.name != "__init__.py"
    }


@cache
def _known_to(folder: str) -> frozenset[str]:
    """Modules that a folder contains or that a file in it imports."""
    known: set[str] = set()
    for name, path in _modules().items():
        if path.parent == ROOT / folder:
            known.add(name)
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module:
                    known |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(known)


def test_the_diagram_is_read() -> None:
    """No line of it is passed over."""
    diagram = PAGE[PAGE.index("flowchart") : PAGE.index("```", PAGE.index("flowchart"))]
    assert len(ARROWS) == diagram.count("-->") > 10


@pytest.mark.parametrize("arrow", ARROWS, ids=lambda arrow: f"{arrow.start}-{arrow.end}")
def test_both_ends_of_an_arrow_know_what_goes_along_it(arrow: Arrow) -> None:
    """They import the module on the arrow, or contain it."""
    assert arrow.module in _modules()
    assert [folder for folder in (arrow.start, arrow.end) if arrow.module not in _known_to(folder)] == []


def test_every_folder_is_on_the_page() -> None:
    """In the diagram or in the table, and no other folders are."""
    folders = {str(path.parent.relative_to(ROOT)) for path in _modules().values()}
    table = set(re.findall(r"(?m)^\| `([\w/]+)` \|", PAGE))
    assert folders == table | set(NODES.values())
    assert not table & set(NODES.values())
