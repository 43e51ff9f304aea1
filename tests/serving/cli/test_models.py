"""`areatag models list` and `areatag models show`."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from data.taxonomy_file import load_taxonomy
from model import versions
from model.artefact import Artefact
from model.calibration import Calibration
from model.plain_files import ArtefactError
from serving.cli import models_list
from tests.model.test_measurement import GATE
from tests.serving.cli.conftest import Command


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The bundled version, a retrained one (active), one adapted to other areas, and one that is damaged."""
    metrics: dict[str, dict[str, Any]] = {
        "bundled": {"micro_f1": 0.8123, "papers": 200, "cross_fitted": True},
        "v2": {"micro_f1": 0.7, "papers": 61, "gate": GATE},
        "v2+1a2b3c4d": {},
    }
    cards: dict[str, dict[str, Any]] = {
        "v2": {"retraining": {}, "parent": "bundled-1"},
        "v2+1a2b3c4d": {"adapted_without_training": {"from_version": "v2-1", "new": "vision/3d"}},
    }

    def open_artefact(path: Path, verify: bool = True) -> SimpleNamespace:
        if path.name not in metrics:
            raise ArtefactError(f"{path}: altered.")
        return SimpleNamespace(
            path=path,
            version=f"{path.name}-1",
            taxonomy=load_taxonomy(),
            metrics=metrics[path.name],
            card={"papers": 10, "created": "2026-01-31T12:00:00Z", "calibrated_on": ["sha1:0"]}
            | cards.get(path.name, {}),
            area_calibration=Calibration.identity(len(load_taxonomy().areas)),
        )

    monkeypatch.setattr(Artefact, "open", open_artefact)
    monkeypatch.setattr(models_list, "versions", lambda: ["bundled", "v2", "v2+1a2b3c4d", "v3"])
    monkeypatch.setattr(models_list, "active_reference", lambda: "v2")
    for module in (models_list, versions):
        monkeypatch.setattr(module, "resolve_model", lambda ref: tmp_path / (ref or "v2"))


def test_list(areatag: Command) -> None:
    """No figure without its papers, none that was not measured; a damaged version says so, the active one is marked."""
    outcome = areatag("models", "list")
    assert outcome.code == 0
    assert outcome.out.splitlines()[:-1] == [
        "  bundled  version bundled-1  trained 2026-01-31",
        "    micro-F1 0.812 on 200 calibration papers, cross-fitted",
        "* v2  version v2-1  retrained 2026-01-31 from bundled-1",
        "    micro-F1 0.700 on 61 held-out papers of the label store",
        "    micro-F1 0.700 of v1, 0.720 of this one on the same 61 held-out papers: not inferior",
        "  v2+1a2b3c4d  version v2+1a2b3c4d-1  adapted 2026-01-31 from v2-1",
        "    not measured",
        "    calibrated on 1 labelled papers that did not train it; "
        "1 of its 118 areas are uncalibrated, as they were not trained",
    ]
    assert "damaged" in outcome.out.splitlines()[-1]


def test_list_as_json(areatag: Command, tmp_path: Path) -> None:
    """The same for scripts."""
    bundled, active, adapted, damaged = json.loads(areatag("models", "list", "--json").out)
    assert bundled == {
        "name": "bundled",
        "active": False,
        "path": str(tmp_path / "bundled"),
        "version": "bundled-1",
        "created": "2026-01-31T12:00:00Z",
        "activated_at": None,
        "origin": "trained",
        "parent": None,
        "micro_f1": 0.8123,
        "measured": {
            "papers": 200,
            "papers_of": "calibration papers, cross-fitted",
            "micro_f1": 0.8123,
            **dict.fromkeys(["macro_f1", "p_at_1", "mean_average_precision", "brier", "ece", "abstention"]),
        },
        "comparison": None,
        "calibration": {
            "text": "calibrated on 1 labelled papers that did not train it",
            "papers": 1,
            "uncalibrated": [],
        },
        "damaged": None,
    }
    assert (active["name"], active["active"], active["comparison"]["papers"]) == ("v2", True, 61)
    assert (adapted["origin"], adapted["parent"], adapted["micro_f1"], adapted["measured"]) == (
        "adapted",
        "v2-1",
        None,
        None,
    )
    assert damaged["version"] is None and "altered" in damaged["damaged"]


@pytest.mark.parametrize(("arguments", "name"), [([], "v2"), (["bundled"], "bundled"), (["v2", "--json"], "v2")])
def test_show(areatag: Command, arguments: list[str], name: str) -> None:
    """A version, by default the active one, is shown as JSON."""
    outcome = areatag("models", "show", *arguments)
    record = json.loads(outcome.out)
    assert record["version"] == f"{name}-1"
    assert record["taxonomy"]["areas"] == len(load_taxonomy().areas)
    assert record["card"]["papers"] == 10


def test_show_damaged(areatag: Command) -> None:
    """A damaged version is an error."""
    outcome = areatag("models", "show", "v3")
    assert outcome.code == 1 and outcome.err.endswith("altered.\n")
