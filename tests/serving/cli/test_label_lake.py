"""`areatag label --engine ray` before a cluster is asked for anything."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from data.extras import how_to_install
from tests.serving.cli.conftest import Command


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "--engine ray writes many files: name a folder or a URL with -o OUT."),
        (["-o", "-"], "--engine ray writes many files"),
        (["-o", "out", "--format", "csv"], "--engine ray writes jsonl or parquet, not csv"),
        (["-o", "out.csv"], "--engine ray writes jsonl or parquet, not csv"),
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
    """The address is named, and nothing is left behind."""
    pytest.importorskip("ray", reason="the extra areatag[ray] is not installed")
    outcome = areatag("label", papers, "-o", tmp_path / "out", "--engine", "ray", "--ray-address", "127.0.0.1:1")
    assert outcome.code == 2
    assert "There is no Ray cluster at 127.0.0.1:1 that can be used" in outcome.err
    assert "Traceback" not in outcome.err
    assert not (tmp_path / "out").exists()


def test_what_listens_may_be_no_cluster(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """Ray itself would try for minutes."""
    pytest.importorskip("ray", reason="the extra areatag[ray] is not installed")
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        address = f"127.0.0.1:{server.server_port}"
        outcome = areatag("label", papers, "-o", tmp_path / "out", "--engine", "ray", "--ray-address", address)
        thread.join()
    assert outcome.code == 2
    assert f"There is no Ray cluster at {address} that can be used (what listens there is no Ray)" in outcome.err
