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
