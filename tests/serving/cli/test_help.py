"""Every command has a help with an example, and a place in the documentation."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from serving.cli.main import app
from tests.serving.cli.conftest import Command

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(group: typer.Typer, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command of the app."""
    for command in group.registered_commands:
        assert command.name is not None
        yield (*prefix, command.name)
    for subgroup in group.registered_groups:
        assert subgroup.name is not None and subgroup.typer_instance is not None
        yield from commands(subgroup.typer_instance, (*prefix, subgroup.name))


ALL = list(commands(app))


def test_commands_of_this_version() -> None:
    """The commands are those that work: none is a stub."""
    assert {" ".join(words) for words in ALL} == {
        "label",
        "papers",
        "serve",
        "ask",
        "weak-label",
        "train",
        "evaluate",
        "retrain",
        "review",
        "guide",
        "forget",
        "feedback import",
        "feedback list",
        "feedback conflicts",
        "feedback history",
        "feedback undo",
        "feedback backup",
        "feedback check",
        "models list",
        "models show",
        "models diff",
        "models activate",
        "models rollback",
        "models export",
        "models delete",
        "keys new",
        "taxonomy check",
        "taxonomy import",
        "taxonomy export",
        "rules suggest",
        "rules check",
    }


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_has_an_example(areatag: Command, words: tuple[str, ...]) -> None:
    """The help of a command shows the command in use, on a line that can be pasted."""
    outcome = areatag(*words, "--help")
    assert outcome.code == 0
    examples = [line for line in outcome.out.splitlines() if line.startswith("    ") and "areatag " in line]
    assert any(f"areatag {' '.join(words)}" in line for line in examples), outcome.out


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_the_command_is_documented(words: tuple[str, ...]) -> None:
    """The README or a page of docs/ shows every command."""
    assert any(f"areatag {' '.join(words)}" in document.read_text(encoding="utf-8") for document in DOCUMENTS)


LIGHT = {
    "annotated_doc",
    "data",
    "model",
    "platformdirs",
    "serving",
    "shellingham",
    "training",
    "typer",
    "yaml",
    "zstandard",
}
"""What the start of every command may import; each takes a few milliseconds."""


def test_the_start_imports_little() -> None:
    """Help feels instant: libraries are imported by the command that uses them."""
    script = "import sys; before = {*sys.modules}; import serving.cli.main; print(*sys.modules.keys() - before)"
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in run.stdout.split()} - sys.stdlib_module_names
    # those of compiled code are made by the extension modules, not read from a file
    assert {name for name in imported if "cython" not in name} <= LIGHT
