"""`areatag evaluate`."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.serving.cli.conftest import Command

Call = tuple[Path, Path, Path | None]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Call]:
    """What the evaluation was called with; it measures nothing."""
    seen: list[Call] = []

    def evaluate(gold: Path, model: Path, against: Path | None) -> SimpleNamespace:
        seen.append((gold, model, against))
        return SimpleNamespace(to_json=lambda: '{"micro_f1": 0.8}', to_table=lambda: "micro-F1 0.8")

    for name, content in (("evaluation", {"evaluate": evaluate}), ("page", {"render": lambda found: "<p>é</p>"})):
        module = ModuleType(f"training.evaluation_report.{name}")
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr("model.versions.resolve_model", lambda ref: tmp_path / str(ref))
    return seen


def test_table_and_json(areatag: Command, calls: list[Call], tmp_path: Path) -> None:
    """The report goes to stdout, as a table or as JSON."""
    assert areatag("evaluate", "--gold", "gold.jsonl").out == "micro-F1 0.8\n"
    assert areatag("evaluate", "--gold", "gold.jsonl", "--model", "v2", "--json").out == '{"micro_f1": 0.8}\n'
    assert calls == [(Path("gold.jsonl"), tmp_path / "None", None), (Path("gold.jsonl"), tmp_path / "v2", None)]


def test_page_and_other_model(areatag: Command, calls: list[Call], tmp_path: Path) -> None:
    """The page is written besides; where it cannot be, that is said before anything is measured."""
    page = tmp_path / "page.html"
    outcome = areatag("evaluate", "--gold", "gold.jsonl", "--against", "v1", "--report", page)
    assert (outcome.code, outcome.out, page.read_text("utf-8")) == (0, "micro-F1 0.8\n", "<p>é</p>")
    assert calls == [(Path("gold.jsonl"), tmp_path / "None", tmp_path / "v1")]
    outcome = areatag("evaluate", "--gold", "gold.jsonl", "--report", tmp_path / "missing" / "page.html")
    assert outcome.code != 0 and "missing" in outcome.err and len(calls) == 1


def test_gold_is_required(areatag: Command) -> None:
    """Without gold there is nothing to evaluate on."""
    outcome = areatag("evaluate")
    assert outcome.code == 2 and "--gold" in outcome.err


def test_without_the_training_packages(areatag: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A light installation is told what to install."""
    for name in [name for name in sys.modules if name.startswith(("training.", "sklearn"))]:
        if name != "training.fine_tuning.train_options":
            monkeypatch.delitem(sys.modules, name)
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:  # else it would keep what is imported in vain, after this test too
                monkeypatch.delattr(sys.modules[parent], child, raising=False)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    outcome = areatag("evaluate", "--gold", "gold.jsonl")
    assert outcome.code == 1
    assert "areatag[train]" in outcome.err and outcome.err.count("\n") == 1
