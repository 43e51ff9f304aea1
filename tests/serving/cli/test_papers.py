"""`areatag papers` from options to files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.serving.cli.conftest import Command, write_lines


def test_stdout(areatag: Command, papers: Path) -> None:
    """Papers go to stdout in input order; rejects and the summary to stderr, as with `label`."""
    outcome = areatag("papers", papers)
    assert outcome.code == 0
    assert outcome.records[0] == {
        "id": "a",
        "title": "Fast segmentation of plant cells",
        "abstract": "We outline cells.",
    }
    assert [record["id"] for record in outcome.records] == ["a", "b", "c"]
    assert outcome.err.splitlines()[0].startswith(f"Rejected {papers}, line 3: ")
    assert outcome.err.splitlines()[-1] == "read 4 = papers 3 + rejected 1"


def test_optional_fields(areatag: Command, tmp_path: Path) -> None:
    """Categories, date and venue are written where they are known."""
    fields = {"title": "Herons", "categories": "cs.CV", "year": 2024, "journal": "J. Birds"}
    (record,) = areatag("papers", write_lines(tmp_path / "in.jsonl", [fields])).records
    assert {name: record.get(name) for name in ("abstract", "categories", "date", "venue")} == {
        "abstract": "",
        "categories": ["cs.CV"],
        "date": "2024",
        "venue": "J. Birds",
    }


def test_files(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """With -o papers and rejects are files, .gz is compressed, and what was written is read back the same."""
    out = tmp_path / "out.jsonl"
    assert areatag("papers", papers, "-o", out).out == ""
    (reject,) = [json.loads(line) for line in (tmp_path / "out.jsonl.rejected.jsonl").read_text().splitlines()]
    assert (reject["file"], reject["line"]) == (str(papers), 3)
    again = areatag("papers", out, "-o", tmp_path / "out.jsonl.gz")
    assert again.err.splitlines() == ["read 3 = papers 3 + rejected 0"]
    assert gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()) == out.read_bytes()
    assert areatag("papers", out, "-o", out.with_name("second.jsonl")).code == 0
    assert not (tmp_path / "second.jsonl.rejected.jsonl").exists()


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "missing/out.jsonl", "out.jsonl.zst"])
def test_bad_usage(areatag: Command, papers: Path, tmp_path: Path, name: str) -> None:
    """A format that is not written, or a folder that is not there, is exit code 2 and one sentence."""
    outcome = areatag("papers", papers, "-o", tmp_path / name)
    assert outcome.code == 2 and outcome.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_strict(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """--strict stops at the first reject and leaves no output."""
    outcome = areatag("papers", papers, "-o", tmp_path / "out.jsonl", "--strict")
    assert outcome.code == 1 and f"{papers}, line 3" in outcome.err
    assert not (tmp_path / "out.jsonl").exists()


def test_no_papers(areatag: Command, tmp_path: Path) -> None:
    """An input without a paper is exit code 1, and its rejects are kept."""
    source = tmp_path / "in.jsonl"
    source.write_text("{bad\n")
    outcome = areatag("papers", source, "-o", tmp_path / "out.jsonl")
    assert outcome.code == 1 and "Found no papers" in outcome.err
    assert (tmp_path / "out.jsonl.rejected.jsonl").exists()
