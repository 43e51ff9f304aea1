"""The cores that a process may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from model.runtimes import cores
from model.runtimes.cores import usable_cores


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        ("max 100000", 8),
        ("200000 100000", 2),
        ("250000 100000", 2),
        ("10000 100000", 1),
        ("6400000 100000", 8),
        ("", 8),
        ("100000 0", 8),
        (None, 8),
    ],
)
def test_the_share_of_a_container_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str | None, expected: int
) -> None:
    """Where it is less than the cores; without one, or with one that cannot be read, all cores are used."""
    file = tmp_path / "cpu.max"
    if quota is not None:
        file.write_text(f"{quota}\n")
    monkeypatch.setattr(cores, "_QUOTA", file)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(8)), raising=False)
    assert usable_cores() == expected


def test_where_the_system_says_little(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There is at least one core."""
    monkeypatch.setattr(cores, "_QUOTA", tmp_path / "none")
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores() == 1
