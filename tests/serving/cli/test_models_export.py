"""`areatag models export` in the formats of others (`test_models_lifecycle` has areatag's own)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from data.papers import Paper
from model.artefact import Artefact
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from tests.serving.cli.conftest import Command
from tests.support.artefact import write_artefact
from tests.support.tiny import records, write_jsonl


@pytest.mark.parametrize(("form", "file"), [("huggingface", "config.json"), ("onnx", "model.onnx")])
def test_a_directory_is_written_and_named(
    areatag: Command, tiny_model: Path, tmp_path: Path, form: str, file: str
) -> None:
    """Once: what stands there stays."""
    target = tmp_path / "out"
    outcome = areatag("models", "export", tiny_model, target, "--format", form)
    assert (outcome.code, outcome.out) == (0, f"{target}\n")
    assert (target / file).is_file()
    written = (target / file).read_bytes()
    again = areatag("models", "export", tiny_model, target, "--format", form)
    assert again.code == 2 and "exists already" in again.err
    assert (target / file).read_bytes() == written


def test_a_copy_in_the_format_of_areatag_is_the_model(areatag: Command, tmp_path: Path) -> None:
    """With checksums compared, and other commands take it."""
    made = write_artefact(tmp_path / "made", "v1")
    copy = tmp_path / "copy"
    assert areatag("models", "export", made, copy, "--format", "areatag").code == 0
    assert Artefact.open(copy).digest == Artefact.open(made).digest
    assert '"version": "v1"' in areatag("models", "show", copy).out
    answers = [
        Tagger(model, load_runtime(model.encoder_path, "cpu")).predict([Paper("1", "A whale song in the ocean")])
        for model in map(Artefact.open, (made, copy))
    ]
    assert (answers[0] == answers[1]).all()


def test_gold_is_for_other_formats(areatag: Command, tiny_model: Path, tmp_path: Path) -> None:
    """And calibrates there; the card has what was measured."""
    gold = write_jsonl(tmp_path / "gold.jsonl", records(60, seed=9))
    refused = areatag("models", "export", tiny_model, tmp_path / "copy", "--gold", gold)
    assert refused.code == 2 and "--gold is for" in refused.err
    assert areatag("models", "export", tiny_model, tmp_path / "a", "--format", "huggingface", "--gold", gold).code == 0
    assert "| micro-F1 |" in (tmp_path / "a" / "README.md").read_text()


def test_without_the_training_packages_it_says_which(
    areatag: Command, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ONNX is of the extra `train`."""
    monkeypatch.delitem(sys.modules, "training.export.onnx_classifier", raising=False)
    monkeypatch.setitem(sys.modules, "onnx", None)
    outcome = areatag("models", "export", tiny_model, tmp_path / "out", "--format", "onnx")
    assert outcome.code == 1 and "areatag[train]" in outcome.err
