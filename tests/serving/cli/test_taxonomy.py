"""`areatag taxonomy check`."""

from __future__ import annotations

import json
from pathlib import Path

from data.taxonomy_file import load_taxonomy
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
    said = json.loads(areatag("taxonomy", "check", path, "--json").out)
    assert said == {"file": str(path), "valid": True, "fields": 1, "areas": 2, "problems": []}


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


def test_all_problems_are_listed(areatag: Command, tmp_path: Path) -> None:
    """One line for each, and a last one that counts them."""
    path = tmp_path / "areas.yaml"
    path.write_text(GOOD.replace("name: Segmentation", "nam: Segmentation").replace("vision/depth", '""'))
    outcome = areatag("taxonomy", "check", path)
    assert (outcome.code, outcome.out) == (1, "")
    *problems, last = outcome.err.splitlines()
    assert [line.partition(": ")[0] for line in problems] == [f"{path}, line {number}" for number in (6, 6, 7)]
    assert "3 problems" in last
    said = areatag("taxonomy", "check", path, "--json")
    assert said.code == 1 and [found["line"] for found in json.loads(said.out)["problems"]] == [6, 6, 7]


def test_a_table_is_printed_as_what_it_became(areatag: Command, tmp_path: Path) -> None:
    """The YAML on stdout is the same taxonomy, as a file that can be edited."""
    table, written = tmp_path / "areas.csv", tmp_path / "areas.yaml"
    table.write_text("Area,Field,Phrases\nSegmentation,Computer vision,mask; instance mask\nDepth,,\n")
    outcome = areatag("taxonomy", "check", table)
    assert outcome.code == 0
    assert outcome.out.startswith(f"# {table}: valid, 1 field, 2 areas\n")
    written.write_text(outcome.out)
    assert load_taxonomy(written) == load_taxonomy(table)
    assert load_taxonomy(table).area("computer-vision/segmentation").phrases == ("mask", "instance mask")
