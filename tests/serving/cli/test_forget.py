"""`areatag forget` as a person calls it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper, content_id
from model.activation import activate
from model.fingerprints import FILE_NAME, Fingerprints
from model.versions import install, resolve_model
from tests.serving.cli.conftest import Command, write_lines
from tests.support.artefact import close, write_artefact

PAPER = Paper("2401.1", "On the nests of gulls", "Gulls nest on cliffs.")
OTHER = Paper("2401.2", "On harbours", "Ships rest in harbours.")
MakeVersion = Callable[[str, list[Paper]], str]


@pytest.fixture
def version(tmp_path: Path) -> MakeVersion:
    """Install a version that learned from some papers."""

    def make(name: str, papers: list[Paper]) -> str:
        folder = write_artefact(tmp_path / name, name)
        (folder / FILE_NAME).write_bytes(Fingerprints.of(papers).to_bytes())
        close(folder, name)
        return install(folder)

    return make


@pytest.fixture(autouse=True)
def labelled() -> None:
    """A label store with the paper."""
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(PAPER, ("vision/3d",)))])


def _retraining(monkeypatch: pytest.MonkeyPatch, make: MakeVersion, papers: list[Paper]) -> list[object]:
    """Let retraining make a version that learned from some papers; returns the options it was called with."""
    called: list[object] = []

    def retrain(options: object, progress: object) -> SimpleNamespace:
        called.append(options)
        return SimpleNamespace(version=make("v-new", papers), verdict="not inferior", promoted=True)

    module = ModuleType("training.retraining.retrain")
    vars(module)["retrain"] = retrain
    monkeypatch.setitem(sys.modules, "training.retraining.retrain", module)
    return called


def test_a_new_version_is_proven_to_be_without_it(
    areatag: Command, version: MakeVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It starts from the version that never saw the paper, and the others are listed with how to delete them."""
    version("v-clean", [OTHER])
    activate(version("v-active", [PAPER, OTHER]))
    called = _retraining(monkeypatch, version, [OTHER])
    outcome = areatag("forget", "2401.1")
    assert outcome.code == 0, outcome.err
    assert "Removed: 1 labels of 1 papers" in outcome.out
    assert "Version v-active learned from it. Delete it with: areatag models delete v-active" in outcome.out
    assert "Version v-new is without the paper: none of its 2 fingerprints is the paper's." in outcome.out
    assert getattr(called[0], "base", None) == "v-clean"
    with LabelStore.open() as store:
        assert store.is_forgotten(PAPER)


def test_a_version_that_holds_it_after_all_is_no_success(
    areatag: Command, version: MakeVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check looks at what was made, not at what was meant."""
    version("v-clean", [OTHER])
    activate(version("v-active", [PAPER]))
    _retraining(monkeypatch, version, [PAPER, OTHER])
    outcome = areatag("forget", "2401.1")
    assert outcome.code == 1 and "Version v-new learned from the paper" in outcome.err


def test_where_the_active_version_is_without_it_nothing_is_trained(areatag: Command, version: MakeVersion) -> None:
    """The proof is enough."""
    activate(version("v-clean", [OTHER]))
    outcome = areatag("forget", "2401.1")
    assert outcome.code == 0 and "Version v-clean is without the paper" in outcome.out


def test_scripts_get_json(areatag: Command, version: MakeVersion) -> None:
    """Whether there is a proof or not; what was removed is said in both cases."""
    activate(version("v-active", [PAPER]))
    first = areatag("forget", "2401.1", "--no-retrain", "--json")
    found = json.loads(first.out)
    assert found["removed"] == {"papers": 1, "labels": 1, "cached": 0, "from_files": {}}
    assert found["versions"]["containing"] == ["v-active"] and found["proof"] is None
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(OTHER, ("vision/3d",)))])
    second = json.loads(areatag("forget", "2401.2", "--json").out)
    assert second["removed"]["labels"] == 1 and "v-active" in second["versions"]["clean"]
    assert "v-active" in second["proof"]


def test_without_retraining_the_training_set_is_rewritten(
    areatag: Command, version: MakeVersion, tmp_path: Path
) -> None:
    """And it is said that the active version is as it was; the second time there is nothing left to find."""
    activate(version("v-active", [PAPER]))
    row = {"id": PAPER.id, "title": PAPER.title, "abstract": PAPER.abstract, "areas": []}
    gold = write_lines(tmp_path / "gold.jsonl", [row, {**row, "id": "2401.2", "title": "On harbours", "abstract": "x"}])
    outcome = areatag("forget", "2401.1", "--training-set", gold, "--no-retrain")
    assert outcome.code == 0 and "v-active is as it was" in outcome.err
    assert "Removed: 1 papers from" in outcome.out and len(gold.read_text().splitlines()) == 1
    again = areatag("forget", "2401.1", "--training-set", gold, "--no-retrain")
    assert again.code == 2 and "There is no paper '2401.1'" in again.err


def _calibrated_version(make: MakeVersion, folder: Path) -> str:
    """A version that was calibrated on the paper, and trained on another one."""
    name = make("v-calibrated", [PAPER, OTHER])
    installed = resolve_model(name)
    card = {"version": name, "created": "2026-01-01T00:00:00Z"}
    card["calibrated_on"] = [content_id(PAPER.title, PAPER.abstract), "sha1:other"]  # type: ignore[assignment]
    (installed / "card.json").write_text(json.dumps(card))
    close(installed, name)
    return name


def test_where_every_version_was_calibrated_on_it_that_is_said(
    areatag: Command, version: MakeVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done, what remains (a calibration, no training), and what can be done about it."""
    name = _calibrated_version(version, tmp_path)
    activate(name)
    monkeypatch.setattr("training.unlearning.versions", lambda: [name])
    outcome = areatag("forget", "2401.1")
    assert outcome.code == 1 and "Removed: 1 labels of 1 papers" in outcome.out
    assert f"Version {name} was calibrated on it, not trained: one of 2 papers" in outcome.out
    assert "learned from it" not in outcome.out
    assert "are removed, but no version without it can be made here" in outcome.err
    assert "encoder and heads were not trained on it" in outcome.err and "areatag train makes" in outcome.err
    with LabelStore.open() as store:
        assert store.is_forgotten(PAPER)


def test_a_version_without_it_is_the_way_out(
    areatag: Command, version: MakeVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one is there, a version is trained from it, also after calibration alone."""
    activate(_calibrated_version(version, tmp_path))
    version("v-clean", [OTHER])
    called = _retraining(monkeypatch, version, [OTHER])
    outcome = areatag("forget", "2401.1")
    assert outcome.code == 0 and "Version v-new is without the paper" in outcome.out
    assert getattr(called[0], "base", None) == "v-clean"
