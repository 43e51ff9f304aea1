"""The command that makes the bundled model: what it is made from, and what is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from data.errors import UsageError
from training.bundled import __main__ as command
from training.bundled.options import RecipeOptions
from training.bundled.settings import read_settings

ARGUMENTS = ["--papers", "lake", "--papers", "sea.jsonl", "--gold", "gold.jsonl", "-o", "made"]


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Recorded votes of the source tree; one file is for evaluation."""
    for name in ("b.jsonl.gz", "a.jsonl.gz", "judge.jsonl.gz", "notes.md"):
        (tmp_path / name).touch()
    monkeypatch.setattr(command, "RECORDED", tmp_path)
    monkeypatch.setattr(command, "EVALUATION", tmp_path / "judge.jsonl.gz")
    return tmp_path


def _run(monkeypatch: pytest.MonkeyPatch, result: Any, *arguments: str) -> tuple[Any, list[RecipeOptions]]:
    asked: list[RecipeOptions] = []

    def make(options: RecipeOptions, tell: Any, progress: Any) -> Any:
        asked.append(options)
        tell("a line of a stage")
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setattr(command, "make_model", make)
    app = typer.Typer()
    app.command()(command.main)
    return CliRunner().invoke(app, [*ARGUMENTS, *arguments]), asked


def test_recorded_votes_of_the_source_tree_are_always_among_them(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for those that evaluate, which nothing learns from."""
    result = SimpleNamespace(unchanged=False, model=SimpleNamespace(version="v7"))
    outcome, (options,) = _run(monkeypatch, result, "--votes", "own.jsonl", "--device", "cpu")
    assert outcome.exit_code == 0, outcome.output
    assert options.papers == (Path("lake"), Path("sea.jsonl")) and options.gold == Path("gold.jsonl")
    assert options.votes == (Path("own.jsonl"), recorded / "a.jsonl.gz", recorded / "b.jsonl.gz")
    assert options.evaluation_votes == recorded / "judge.jsonl.gz"
    assert (options.output, options.device, options.settings) == (Path("made"), "cpu", read_settings())
    assert outcome.stdout == ""
    assert "a line of a stage" in outcome.stderr and "Model v7 in made; the stages and their times: " in outcome.stderr


def test_nothing_to_do_is_said(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no failure."""
    outcome, _ = _run(monkeypatch, SimpleNamespace(unchanged=True))
    assert outcome.exit_code == 0 and "Nothing to do: made is what the recipe makes." in outcome.stderr


def test_an_error_is_one_sentence(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the status of its kind; wrong settings are one too, before anything is made."""
    outcome, _ = _run(monkeypatch, UsageError("There is no pool."))
    assert outcome.exit_code == 2 and "There is no pool." in outcome.stderr and "Traceback" not in outcome.stderr
    outcome, asked = _run(monkeypatch, None, "--settings", str(recorded / "none.yaml"))
    assert outcome.exit_code == 2 and asked == []


def test_a_log_gets_a_line_each_minute(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """However often a stage says how far it is; one that does not know its end says what it does."""
    clock = [1000.0]
    monkeypatch.setattr("training.bundled.__main__.time.monotonic", lambda: clock[0])
    progress = command._Progress()
    for clock[0], done in ((1059.0, 10), (1060.0, 2000), (1119.0, 2500), (1120.0, 3000)):
        progress("training", done, 4000 if done < 3000 else 0)
    lines = [line[9:] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["training: 2,000 of 4,000", "training"]
