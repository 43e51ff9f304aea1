"""Where results and rejects go."""

from __future__ import annotations

import gzip
import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from data.papers import Reject
from serving.cli.destinations import rejects_to, resolve_destinations, results_to

REJECT = Reject("geese.jsonl", 3, "It names no bird")


def test_rejects_lie_beside_a_file() -> None:
    """Unless a place is named; `-` is stdout, and what goes to a stream leaves its rejects on stderr."""
    out, named = Path("out.csv"), Path("named.jsonl")
    assert resolve_destinations(out, None) == (out, Path("out.csv.rejected.jsonl"))
    assert resolve_destinations(out, named) == (out, named)
    assert resolve_destinations(Path("-"), None) == (None, None)
    assert resolve_destinations(None, named) == (None, named)
    assert resolve_destinations(Path("/dev/null"), None) == (Path("/dev/null"), None)


def test_a_file_of_results_is_there_when_complete(tmp_path: Path) -> None:
    """Compressed where its name says so; a run that fails leaves the earlier one."""
    for name in ("out", "out.gz"):
        with ExitStack() as stack:
            write = results_to(tmp_path / name, stack)
            write(b"geese ")
            assert not (tmp_path / name).exists()
            write(b"and herons")
    assert (tmp_path / "out").read_bytes() == gzip.decompress((tmp_path / "out.gz").read_bytes()) == b"geese and herons"
    with pytest.raises(RuntimeError), ExitStack() as stack:
        results_to(tmp_path / "out", stack)(b"half")
        raise RuntimeError
    assert (tmp_path / "out").read_bytes() == b"geese and herons"


def test_results_go_to_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """And stay open for others."""
    with ExitStack() as stack:
        assert results_to(Path("/dev/null"), stack)(b"12") == 2
    with ExitStack() as stack:
        results_to(None, stack)(b"geese")
    results_to(None, stack)(b"!")


def test_a_rejected_file_is_there_only_if_there_are_rejects(tmp_path: Path) -> None:
    """An earlier one goes where there are none now, and stays where the run fails."""
    path = tmp_path / "rejected.jsonl"
    path.write_text("earlier")
    with pytest.raises(RuntimeError), rejects_to(path) as take:
        take([REJECT])
        raise RuntimeError
    assert path.read_text() == "earlier"
    with rejects_to(path) as take:
        take([REJECT])
        take([])
        take([REJECT])
    assert [json.loads(line)["line"] for line in path.read_text().splitlines()] == [3, 3]
    with rejects_to(path) as take:
        take([])
    assert not path.exists()


def test_rejects_without_a_file_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, one line each."""
    with rejects_to(None) as take:
        take([REJECT, REJECT])
    assert capsys.readouterr().err == "Rejected geese.jsonl, line 3: It names no bird.\n" * 2
