"""Every command has a help with an example, and a place in the README."""

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
README = ROOT / "README.md"


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
        "feedback undo",
        "models list",
        "models show",
        "models diff",
        "models activate",
        "models rollback",
        "models export",
        "models delete",
        "keys new",
        "taxonomy check",
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
def test_readme_documents_the_command(words: tuple[str, ...]) -> None:
    """The README shows every command."""
    assert f"areatag {' '.join(words)}" in README.read_text(encoding="utf-8")


def test_start_is_fast() -> None:
    """Importing the commands costs less than 0.3 s of processor time, so help feels instant."""
    script = "import time; t = time.process_time(); import serving.cli.main; print(time.process_time() - t)"
    command = [sys.executable, "-c", script]
    runs = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(4)]
    assert min(float(run.stdout) for run in runs) < 0.3
