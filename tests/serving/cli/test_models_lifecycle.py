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
    assert areatag("models", "activate", made).out == "v1\n"
    assert areatag("models", "list").out.splitlines()[1].startswith("* v1 ")
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
    assert [line.split()[:2] for line in listed.out.splitlines()[1:]] == [["v8", "damaged:"], ["v9", "damaged:"]]
    for name in ("v8", "v9"):
        assert areatag("models", "activate", name).code == 1
        assert areatag("models", "delete", name).code == 0
    assert versions.versions() == ["bundled"] and folder.is_dir()
