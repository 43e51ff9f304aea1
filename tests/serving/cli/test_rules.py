"""`areatag rules suggest` and `areatag rules check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.serving.cli.conftest import Command, write_lines
from tests.training.rule_suggestion.corpus import TAXONOMY, labelled_papers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A taxonomy, papers with a bad line among them, and labelled ones."""
    (tmp_path / "areas.yaml").write_text(TAXONOMY.to_yaml(), encoding="utf-8")
    for name, count, seed in (("pool", 240, 1), ("labels", 40, 2)):
        rows: list[object] = [
            {"id": item.paper.id, "title": item.paper.title, "abstract": item.paper.abstract, "areas": item.areas}
            for item in labelled_papers(count, seed)
        ]
        write_lines(tmp_path / f"{name}.jsonl", rows if name == "labels" else ["{broken", *rows])
    return tmp_path


def test_rules_are_written_and_valid(areatag: Command, folder: Path) -> None:
    """The rules go to the file, the comparison and the bad line to stderr; check accepts the file."""
    output, areas = folder / "rules.yaml", folder / "areas.yaml"
    outcome = areatag(
        "rules", "suggest", folder / "pool.jsonl", "--labels", folder / "labels.jsonl", "--taxonomy", areas,
        "-n", "8", "--no-prototypes", "-o", output,
    )  # fmt: skip
    assert (outcome.code, outcome.out) == (0, "")
    assert "few-shot" in outcome.err and "pool.jsonl" in outcome.err and "8 rules for" in outcome.err
    checked = areatag("rules", "check", output, "--taxonomy", areas)
    assert checked.code == 0 and "valid, 8 phrases and 0 prototypes" in checked.out
    said = json.loads(areatag("rules", "check", output, "--taxonomy", areas, "--json").out)
    assert (said["valid"], said["phrases"], said["prototypes"]) == (True, 8, 0)


def test_rules_on_stdout(areatag: Command, folder: Path) -> None:
    """Without -o the rules alone are on stdout."""
    outcome = areatag(
        "rules", "suggest", folder / "pool.jsonl", "--labels", folder / "labels.jsonl",
        "--taxonomy", folder / "areas.yaml", "--no-prototypes",
    )  # fmt: skip
    assert outcome.code == 0 and outcome.out.startswith("# Suggested labelling rules") and "  core:" in outcome.out


def test_bad_usage(areatag: Command, folder: Path) -> None:
    """A missing file is bad usage; a label that the taxonomy lacks names file and line."""
    missing = areatag("rules", "suggest", folder / "pool.jsonl", "--labels", folder / "none.jsonl", "--no-prototypes")
    assert missing.code == 2 and "none.jsonl" in missing.err
    unknown = areatag("rules", "suggest", folder / "pool.jsonl", "--labels", folder / "labels.jsonl", "--no-prototypes")
    assert unknown.code == 1 and "labels.jsonl" in unknown.err and "tides" in unknown.err


def test_check_names_the_line(areatag: Command, folder: Path) -> None:
    """A mistake is one line with the place."""
    path = folder / "rules.yaml"
    path.write_text("bread:\n  core: [rye loaf]\nbraed:\n  core: [x]\n", encoding="utf-8")
    outcome = areatag("rules", "check", path, "--taxonomy", folder / "areas.yaml")
    assert outcome.code == 1 and "line 3" in outcome.err and "Did you mean 'bread'" in outcome.err
