"""Imports inside `serving/` point one way, and no folder of it imports one that imports it."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.serving.conftest import ROOT

LAYERS = ("http", "worker", "routes", "service", "server", "cli")
"""From the innermost outwards; `tagging` and `batch` are below `worker`."""


def _imported(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    names = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[1] for name in names if name.startswith("serving.")}


def _files(layer: str) -> list[Path]:
    folder = ROOT / "serving" / layer
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def test_layers_import_inwards() -> None:
    """HTTP knows no route and no model, workers no route; the command line starts all."""
    for level, layer in enumerate(LAYERS):
        for file in _files(layer):
            assert not _imported(file) & set(LAYERS[level + 1 :]), file


def test_what_commands_and_service_share_knows_neither() -> None:
    """Labelling of files pulls in no web framework."""
    for shared in ("batch", "tagging"):
        for file in _files(shared):
            assert not _imported(file) & set(LAYERS), file
