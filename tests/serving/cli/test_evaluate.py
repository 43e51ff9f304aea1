"""`areatag evaluate`."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.serving.cli.conftest import Command


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Path, Path]]:
    """What the evaluation was called with; it measures nothing."""
    seen: list[tuple[Path, Path]] = []

    def evaluate(gold: Path, model: Path) -> SimpleNamespace:
        seen.append((gold, model))
        return SimpleNamespace(to_json=lambda: '{"micro_f1": 0.8}', to_table=lambda: "micro-F1 0.8")

    module = ModuleType("training.evaluation.report")
    vars(module)["evaluate"] = evaluate
    monkeypatch.setitem(sys.modules, "training.evaluation.report", module)
    monkeypatch.setattr("model.versions.resolve_model", lambda ref: tmp_path / str(ref))
    return seen


def test_table_and_json(areatag: Command, calls: list[tuple[Path, Path]], tmp_path: Path) -> None:
    """The report goes to stdout, as a table or as JSON."""
    assert areatag("evaluate", "--gold", "gold.jsonl").out == "micro-F1 0.8\n"
    assert areatag("evaluate", "--gold", "gold.jsonl", "--model", "v2", "--json").out == '{"micro_f1": 0.8}\n'
    assert calls == [(Path("gold.jsonl"), tmp_path / "None"), (Path("gold.jsonl"), tmp_path / "v2")]


def test_gold_is_required(areatag: Command) -> None:
    """Without gold there is nothing to evaluate on."""
    outcome = areatag("evaluate")
    assert outcome.code == 2 and "--gold" in outcome.err


def test_without_the_training_packages(areatag: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A light installation is told what to install."""
    monkeypatch.delitem(sys.modules, "training.evaluation.report", raising=False)
    for name in [name for name in sys.modules if name.startswith(("training.", "sklearn"))]:
        if name != "training.fine_tuning.train_options":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    outcome = areatag("evaluate", "--gold", "gold.jsonl")
    assert outcome.code == 1
    assert "areatag[train]" in outcome.err and outcome.err.count("\n") == 1
