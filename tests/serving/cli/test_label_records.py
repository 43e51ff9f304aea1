"""`areatag label` into files of records, and its runs that go on."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow.parquet as pq

from tests.serving.cli.conftest import Command, ids


def test_formats(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """The suffix says the format; --format overrides it; all hold the same papers."""
    for name in ("out.jsonl", "out.csv", "out.parquet", "out.jsonl.gz", "out.csv.gz"):
        assert areatag("label", papers, "-o", tmp_path / name, "--all-scores", "--explain").code == 0
    assert areatag("label", papers, "-o", tmp_path / "out.txt", "--format", "csv").code == 0
    assert gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()) == (tmp_path / "out.jsonl").read_bytes()
    assert gzip.decompress((tmp_path / "out.csv.gz").read_bytes()) == (tmp_path / "out.csv").read_bytes()
    assert (tmp_path / "out.txt").read_text().startswith("id,title,areas,area_scores,")
    assert pq.read_table(tmp_path / "out.parquet")["id"].to_pylist() == ["a", "b", "c"]


def test_resume_checks(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """--resume starts at the beginning when there is nothing to resume, and refuses stdin."""
    out = tmp_path / "out.jsonl"
    outcome = areatag("label", papers, "-o", out, "--resume")
    assert outcome.code == 0 and "Nothing to resume" in outcome.err
    before = out.read_bytes()
    outcome = areatag("label", papers, "-o", out, "--resume", "--threshold", "1")
    assert outcome.code == 0 and outcome.err.startswith(f"{out} is complete: there is nothing to resume.")
    assert out.read_bytes() == before
    assert areatag("label", "-", "-o", out, "--resume").code == 2


def test_resume_after_a_failure(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """A failed run is resumed with the same command, refused with another, started over without --resume."""
    out = tmp_path / "out.jsonl"
    assert areatag("label", papers, "-o", out, "--strict").code == 1
    changed = areatag("label", papers, "-o", out, "--resume", "--top-k", "3")
    assert changed.code == 2 and "the options of labelling changed" in changed.err
    assert areatag("label", papers, "-o", out, "--resume", "--model", "other").code == 2
    assert areatag("label", papers, "-o", out, "--resume").code == 0
    assert ids(out) == ["a", "b", "c"]
    assert areatag("label", papers, "-o", out, "--strict").code == 1
    again = areatag("label", papers, "-o", out)
    assert again.code == 0 and "Starting over" in again.err


def test_link_as_output(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """Where -o is a symbolic link, the file it points to is replaced."""
    target = tmp_path / "real.jsonl"
    target.write_text("old\n")
    link = tmp_path / "link.jsonl"
    link.symlink_to(target)
    assert areatag("label", papers, "-o", link).code == 0
    assert link.is_symlink() and ids(target) == ["a", "b", "c"]
