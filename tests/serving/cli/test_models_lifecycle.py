"""`areatag models activate`, `rollback`, `export` and `delete`."""

from __future__ import annotations

from pathlib import Path

import pytest

from model import versions
from model.artefact import Artefact
from tests.serving.cli.conftest import Command
from tests.support.artefact import write_artefact


def test_a_version_from_its_installation_to_its_removal(
    areatag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command prints the version or folder it leads to, and nothing else on stdout."""
    monkeypatch.setattr(versions, "_BUNDLED_PATH", write_artefact(tmp_path / "bundled", "b-1"))
    made = write_artefact(tmp_path / "made", "v1")
    activated = areatag("models", "activate", made)
    assert activated.out == "v1\n" and activated.err.startswith("v1 is active instead of bundled; the same 3 areas.")
    assert [line for line in areatag("models", "list").out.splitlines() if line.startswith("* ")] == [
        "* v1  trained 2026-01-01"
    ]
    refused = areatag("models", "delete", "v1")
    assert refused.code == 2 and "activate another one" in refused.err
    assert areatag("models", "rollback").out == "bundled\n"
    exported = tmp_path / "exported"
    assert areatag("models", "export", "v1", exported).out == f"{exported}\n"
    assert Artefact.open(exported).version == "v1"
    assert areatag("models", "delete", "v1").code == 0
    gone = areatag("models", "activate", "v1")
    assert gone.code == 2 and "no model 'v1'" in gone.err


@pytest.mark.parametrize("manifest", [None, "", "[" * 100_000, '{"format": 1, "version": "v9", "files": []}'])
def test_a_damaged_version_is_listed_and_can_be_deleted(
    areatag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manifest: str | None
) -> None:
    """Also one without a manifest, or that is a link to a folder elsewhere, which stays."""
    monkeypatch.setattr(versions, "_BUNDLED_PATH", write_artefact(tmp_path / "bundled", "b-1"))
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    if manifest is not None:
        (folder / "manifest.json").write_text(manifest)
    versions.models_folder().mkdir(parents=True)
    (versions.models_folder() / "v8").symlink_to(folder)
    (versions.models_folder() / "v9").mkdir()
    listed = areatag("models", "list")
    assert listed.code == 0
    assert [line.split()[:2] for line in listed.out.splitlines()[-2:]] == [["v8", "damaged:"], ["v9", "damaged:"]]
    for name in ("v8", "v9"):
        assert areatag("models", "activate", name).code == 1
        assert areatag("models", "delete", name).code == 0
    assert versions.versions() == ["bundled"] and folder.is_dir()


def test_activate_says_what_changes(areatag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which areas come untrained and which go, before anybody wonders about the answers."""
    monkeypatch.setattr(versions, "_BUNDLED_PATH", write_artefact(tmp_path / "bundled", "b-1"))
    taxonomy = tmp_path / "areas.yaml"
    taxonomy.write_text(
        """\
fields:
  - id: sea
    name: Sea science
    areas:
      - {id: sea/mammals, name: Mammals, replaces: [sea/whales]}
      - {id: sea/ships, name: Ships}
      - {id: sea/reefs, name: Reefs, description: Corals and their fish}
"""
    )
    outcome = areatag("models", "activate", "bundled", "--taxonomy", taxonomy)
    assert outcome.code == 0, outcome.err
    assert "areas: 1 new (1 of them untrained: tagged by their texts until a retraining), 1 renamed" in outcome.err
    assert "1 dropped" in outcome.err and "uncalibrated" in outcome.err
    (mark,) = [line for line in areatag("models", "list").out.splitlines() if line.startswith("* ")]
    assert "adapted" in mark and "from b-1" in mark
