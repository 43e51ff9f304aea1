"""The command of the recipe: what it hands over, and what it says."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from data.errors import AreatagError
from training.bundled import __main__ as command
from training.bundled.options import RecipeOptions

APP = typer.Typer()
APP.command()(command.main)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[RecipeOptions]:
    """What the recipe was asked to do, by its options; it does nothing, and says that nothing has changed."""
    options: list[RecipeOptions] = []

    def make(asked_for: RecipeOptions, tell: object, progress: command._Progress) -> object:
        options.append(asked_for)
        progress("training", 1, 2)
        return SimpleNamespace(unchanged=len(options) > 1, model=SimpleNamespace(version="v1"))

    monkeypatch.setattr(command, "make_model", make)
    monkeypatch.setattr(command, "_SECONDS", 0.0)
    return options


def run(folder: Path, *more: str) -> tuple[int, str]:
    """Exit code and messages."""
    arguments = ["--papers", str(folder), "--gold", "gold.jsonl", "-o", str(folder / "model"), *more]
    result = CliRunner().invoke(APP, arguments)
    return result.exit_code, result.stderr


def test_all_recorded_votes_but_those_for_evaluation(asked: list[RecipeOptions], tmp_path: Path) -> None:
    """Those given come first; a second run has nothing to do."""
    code, told = run(tmp_path, "--votes", "mine.jsonl")
    assert code == 0 and "Model v1 in" in told and "training: 1 of 2" in told
    assert "Nothing to do" in run(tmp_path)[1]
    first, second = asked
    names = [path.name for path in first.votes]
    assert names == ["mine.jsonl", *(f"language-model-{number}.jsonl.gz" for number in (2, 3, 4, 5))]
    assert first.evaluation_votes == command.EVALUATION and command.EVALUATION.is_file()
    assert second == replace(first, votes=first.votes[1:])


def test_mistakes_are_a_sentence(asked: list[RecipeOptions], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the exit code of their kind."""
    code, told = run(tmp_path, "--settings", str(tmp_path / "missing.yaml"))
    assert code == 2 and "cannot be read" in told and not asked

    def fail(*_: object) -> object:
        raise AreatagError("The disk is full.")

    monkeypatch.setattr(command, "make_model", fail)
    code, told = run(tmp_path)
    assert code == 1 and told.endswith("The disk is full.\n") and told.count("\n") == 1
