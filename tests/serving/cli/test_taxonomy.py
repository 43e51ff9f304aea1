"""`areatag taxonomy check`, `import` and `export`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from data.taxonomy_file import load_taxonomy
from tests.serving.cli.conftest import Command
from tests.support.vocabulary import turtle

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


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".rdf", ".xml", ".jsonld", ".JSON"])
def test_a_vocabulary_goes_in_and_comes_out(areatag: Command, tmp_path: Path, suffix: str) -> None:
    """Import, check, export and import again: the same taxonomy, and a sentence of what became of the rest."""
    vocabulary, first, second = tmp_path / "nature.ttl", tmp_path / "areas.yaml", tmp_path / "again.yaml"
    vocabulary.write_text(turtle(), encoding="utf-8")
    outcome = areatag("taxonomy", "import", vocabulary, "-o", first)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.startswith(f"{vocabulary}: 3 fields and 19 areas of ") and outcome.err.count("\n") == 1
    assert "12 deprecated concepts" in outcome.err
    assert areatag("taxonomy", "check", first).code == 0
    exported = tmp_path / f"nature{suffix}"
    assert areatag("taxonomy", "export", first, "--format", "skos", "-o", exported).code == 0
    assert areatag("taxonomy", "import", exported, "-o", second).code == 0
    assert second.read_bytes() == first.read_bytes()


def test_a_vocabulary_in_another_language(areatag: Command, tmp_path: Path) -> None:
    """The names that there are, and a warning about the others."""
    vocabulary = tmp_path / "nature.ttl"
    vocabulary.write_text(turtle(), encoding="utf-8")
    outcome = areatag("taxonomy", "import", vocabulary, "--language", "fi", "--depth", "3")
    assert outcome.code == 0 and "name: Kemia\n" in outcome.out
    assert outcome.err.startswith("Warning: Not every field and area has a name in the language asked for: ")
    assert areatag("taxonomy", "import", vocabulary, "--language", "in Finnish").code == 2


def test_the_bundled_taxonomy_is_exported(areatag: Command) -> None:
    """In Turtle, to stdout, where nothing else is named."""
    outcome = areatag("taxonomy", "export")
    assert outcome.code == 0 and outcome.out.startswith("@prefix") and "<urn:areatag:vision/3d>" in outcome.out


def test_a_suffix_that_says_no_syntax(areatag: Command, tmp_path: Path) -> None:
    """It is bad usage."""
    outcome = areatag("taxonomy", "export", "-o", tmp_path / "areas.skos")
    assert outcome.code == 2 and ".ttl" in outcome.err


@pytest.mark.parametrize("words", [("import", "v.ttl"), ("export",)])
def test_without_rdflib(areatag: Command, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    """The extra to install is named."""
    for name in [name for name in sys.modules if name.startswith(("rdflib", "data.skos"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rdflib", None)
    outcome = areatag("taxonomy", *words)
    assert outcome.code == 1 and "pip install 'areatag[skos]'" in outcome.err
