"""References to models."""

import shutil
from pathlib import Path

import pytest

from data.errors import UsageError
from model.versions import models_folder, resolve_model, versions


def test_a_reference_is_a_version_or_a_directory(tiny_model: Path) -> None:
    """Versions under AREATAG_HOME go by name; any directory goes by path; nothing else does."""
    target = models_folder() / "mine"
    shutil.copytree(tiny_model, target)
    assert versions() == ["bundled", "mine"]
    assert resolve_model("mine") == target
    assert resolve_model(tiny_model) == tiny_model
    assert resolve_model(None).name == "bundled"
    (models_folder() / "active").write_text("mine\n")
    assert resolve_model(None) == target
    with pytest.raises(UsageError, match="no model 'nobody'"):
        resolve_model("nobody")
