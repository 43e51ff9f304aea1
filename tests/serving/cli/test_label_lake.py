"""`areatag label --engine ray` before a cluster is asked for anything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from data.extras import how_to_install
from tests.serving.cli.conftest import Command


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "--engine ray writes many files: name a folder or a URL with -o OUT."),
        (["-o", "-"], "--engine ray writes many files"),
        (["-o", "out", "--format", "csv"], "--engine ray writes jsonl or parquet, not csv"),
        (["-o", "out", "--strict"], "--engine ray has no --strict: leave it out. Rejected records go to OUT/rejected."),
        (["-o", "out", "--rejected", "bad"], "--engine ray has no --rejected"),
        (["-o", "out", "--keyword-hierarchy"], "--engine ray has no --keyword-prefix or -hierarchy"),
        (["-o", "out", "--threshold", "0.5", "--min-precision", "0.9"], "exclude each other"),
    ],
)
def test_options_that_a_lake_does_without(areatag: Command, papers: Path, options: list[str], sentence: str) -> None:
    """Each is refused with what to do."""
    outcome = areatag("label", papers, "--engine", "ray", *options)
    assert outcome.code == 2
    assert sentence in outcome.err


def test_an_address_is_for_ray(areatag: Command, papers: Path) -> None:
    """Not for the local engine, which would pass it over."""
    outcome = areatag("label", papers, "--ray-address", "head:6379")
    assert outcome.code == 2
    assert "--ray-address is for --engine ray" in outcome.err


def test_without_the_extra(areatag: Command, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence says how to install it."""
    monkeypatch.delitem(sys.modules, "serving.lake.ray_cluster", raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    outcome = areatag("label", papers, "-o", tmp_path / "out", "--engine", "ray")
    assert outcome.code == 1
    assert outcome.err.strip().endswith(f"needs the package ray, which is not installed: {how_to_install('ray')}.")


def test_a_cluster_that_does_not_answer(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """The address is named, and the folder of the run can be resumed."""
    pytest.importorskip("ray", reason="the extra areatag[ray] is not installed")
    outcome = areatag("label", papers, "-o", tmp_path / "out", "--engine", "ray", "--ray-address", "127.0.0.1:1")
    assert outcome.code == 2
    assert "There is no Ray cluster at 127.0.0.1:1 that can be used" in outcome.err
    assert "Traceback" not in outcome.err
