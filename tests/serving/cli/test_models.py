"""`areatag models list` and `areatag models show`."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from data.taxonomy_file import load_taxonomy
from model.artefact import Artefact
from model.plain_files import ArtefactError
from tests.serving.cli.conftest import Command


@pytest.fixture(autouse=True)
def versions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Three versions: the bundled one, v2 (active), and one that is damaged."""
    metrics: dict[str, dict[str, float]] = {"bundled": {"micro_f1": 0.8123}, "v2": {}}

    def open_artefact(path: Path, verify: bool = True) -> SimpleNamespace:
        if path.name not in metrics:
            raise ArtefactError(f"{path}: altered.")
        return SimpleNamespace(
            path=path,
            version=f"{path.name}-1",
            taxonomy=load_taxonomy(),
            metrics=metrics[path.name],
            card={"papers": 10},
        )

    monkeypatch.setattr(Artefact, "open", open_artefact)
    monkeypatch.setattr("model.versions.versions", lambda: ["bundled", "v2", "v3"])
    monkeypatch.setattr("model.versions.active_reference", lambda: "v2")
    monkeypatch.setattr("model.versions.resolve_model", lambda ref: tmp_path / (ref or "v2"))


def test_list(areatag: Command, tmp_path: Path) -> None:
    """Every version is a line with its score and folder, also a damaged one; the active one is marked."""
    outcome = areatag("models", "list")
    bundled, active, damaged = outcome.out.splitlines()
    assert outcome.code == 0
    assert bundled.split() == ["bundled", "bundled-1", "micro-F1", "0.812", str(tmp_path / "bundled")]
    assert active.split() == ["*", "v2", "v2-1", "not", "evaluated", str(tmp_path / "v2")]
    assert "damaged" in damaged


def test_list_as_json(areatag: Command, tmp_path: Path) -> None:
    """The same for scripts."""
    bundled, active, damaged = json.loads(areatag("models", "list", "--json").out)
    assert bundled == {
        "name": "bundled",
        "active": False,
        "path": str(tmp_path / "bundled"),
        "version": "bundled-1",
        "micro_f1": 0.8123,
        "damaged": None,
    }
    assert (active["name"], active["active"], active["micro_f1"]) == ("v2", True, None)
    assert damaged["version"] is None and "altered" in damaged["damaged"]


@pytest.mark.parametrize(("arguments", "name"), [([], "v2"), (["bundled"], "bundled"), (["v2", "--json"], "v2")])
def test_show(areatag: Command, arguments: list[str], name: str) -> None:
    """A version, by default the active one, is shown as JSON."""
    outcome = areatag("models", "show", *arguments)
    record = json.loads(outcome.out)
    assert record["version"] == f"{name}-1"
    assert record["taxonomy"]["areas"] == len(load_taxonomy().areas)
    assert record["card"] == {"papers": 10}


def test_show_damaged(areatag: Command) -> None:
    """A damaged version is an error."""
    outcome = areatag("models", "show", "v3")
    assert outcome.code == 1 and outcome.err.endswith("altered.\n")
