"""`areatag taxonomy check`."""

from __future__ import annotations

from pathlib import Path

from tests.serving.cli.conftest import Command

GOOD = """
fields:
  - id: vision
    name: Computer vision
    areas:
      - {id: vision/segmentation, name: Segmentation}
      - {id: vision/depth, name: Depth estimation}
"""


def test_valid_file(areatag: Command, tmp_path: Path) -> None:
    """A valid file is counted on stdout."""
    path = tmp_path / "areas.yaml"
    path.write_text(GOOD)
    outcome = areatag("taxonomy", "check", path)
    assert (outcome.code, outcome.out) == (0, f"{path}: valid, 1 field, 2 areas\n")


def test_duplicate_id(areatag: Command, tmp_path: Path) -> None:
    """A file with a mistake is an error of one line that names the file and the id."""
    path = tmp_path / "areas.yaml"
    path.write_text(GOOD.replace("vision/depth", "vision/segmentation"))
    outcome = areatag("taxonomy", "check", path)
    assert outcome.code != 0 and outcome.out == ""
    assert "areas.yaml" in outcome.err and "vision/segmentation" in outcome.err
    assert outcome.err.count("\n") == 1


def test_missing_file(areatag: Command, tmp_path: Path) -> None:
    """A path that does not exist is bad usage."""
    outcome = areatag("taxonomy", "check", tmp_path / "none.yaml")
    assert outcome.code == 2 and "none.yaml" in outcome.err
