"""What a retraining is asked to do."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from training.retraining.retrain_options import Promote, RetrainOptions, with_absolute_paths


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a user types paths."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_paths_hold_in_every_folder(folder: Path) -> None:
    """Those of files that are still to come too, so that the error names the place that was meant."""
    (folder / "lake").mkdir()
    (folder / "more.jsonl").touch()
    options = RetrainOptions(
        soft_labels=Path("soft.parquet"), taxonomy=Path("../areas.yaml"), papers=("lake", "more.jsonl", "none.jsonl")
    )
    found = with_absolute_paths(options)
    assert found.soft_labels == folder / "soft.parquet"
    assert found.taxonomy is not None and found.taxonomy.is_absolute()
    assert found.taxonomy.resolve() == (folder.parent / "areas.yaml").resolve()
    assert found.papers == (str(folder / "lake"), str(folder / "more.jsonl"), "none.jsonl")
    assert with_absolute_paths(found) == found


@pytest.mark.parametrize("base", [None, "", "bundled", "20261128-cb4c5377"])
def test_a_version_is_no_path(base: str | None, folder: Path) -> None:
    """Nor is the name of a data set; a file of a version's name is no model either."""
    if base:
        (folder / base).touch()
    options = RetrainOptions(base=base, papers=("owner/papers", "-"))
    assert with_absolute_paths(options) == options


def test_a_model_directory_is_a_path(folder: Path) -> None:
    """Nothing else of the options changes."""
    (folder / "model").mkdir()
    options = RetrainOptions(Promote.FORCE, base="model", threads=3, seed=9)
    assert with_absolute_paths(options) == dataclasses.replace(options, base=str(folder / "model"))


def test_the_gate_decides_where_nothing_is_said() -> None:
    """The names are those of the command's option."""
    assert RetrainOptions().promote is Promote.AUTO
    assert [str(choice) for choice in Promote] == ["auto", "never", "force"]
