"""A bundled model of a test's own, and one that may become active."""

from pathlib import Path

import pytest

from model import versions
from tests.support.artefact import write_artefact


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small model in the place of the bundled one."""
    path = write_artefact(tmp_path / "package" / "bundled", "b-1")
    monkeypatch.setattr(versions, "_BUNDLED_PATH", path)
    return path


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A model directory of version v1, as training leaves it."""
    return write_artefact(tmp_path / "made", "v1")
