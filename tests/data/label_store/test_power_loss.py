"""A label that was acknowledged is there after a power cut, whatever of the later writes is lost."""

from __future__ import annotations

import random
import sqlite3
import sys
from pathlib import Path

import pytest

from data.label_store.store import LabelStore
from tests.support.power_loss import Disk, Operation, power_cuts, record, restore, strace_works

ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(not strace_works(), reason="needs strace (Debian package strace) and the right to trace")
def test_acknowledged_labels_outlive_a_power_cut(tmp_path: Path) -> None:
    """Cut at every write of two writers, the first of which makes the store: it opens, is whole and has the labels."""
    folder = tmp_path / "store"
    operations: list[Operation] = []
    for name in ("ada", "bob"):
        program = [
            sys.executable,
            "-m",
            "tests.data.label_store.writer",
            f"sqlite:///{folder / 'labels.db'}",
            name,
            "3",
        ]
        operations += record(program, folder, tmp_path / "log", ROOT)
    cuts = 0
    for number, (files, acknowledged) in enumerate(power_cuts(operations, random.Random(0))):
        after = restore(files, tmp_path / "cut" / str(number))
        with LabelStore.open(f"sqlite:///{after / 'labels.db'}") as store:
            stored = {label.paper.title for label in store.labelled_papers()}
        assert {*acknowledged} <= stored, f"cut {number}"
        if stored:
            with sqlite3.connect(after / "labels.db") as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            connection.close()
        cuts += 1
    assert acknowledged == [f"{name} {number}" for name in ("ada", "bob") for number in range(3)]
    assert cuts > 50


def test_the_replay_loses_what_was_not_synced() -> None:
    """The disk of the simulation keeps names and contents apart, and forgets no synced one."""
    disk = Disk()
    for operation in (
        Operation("make", "a"),
        Operation("write", "a", b"12345678"),
        Operation("sync", "a"),
    ):
        disk.apply(operation)
    assert disk.least() == {}  # its name is not on the disk
    for operation in (
        Operation("sync"),
        Operation("write", "a", b"xx", 2),
        Operation("cut", "a", offset=4),
        Operation("rename", "a", new_name="b"),
    ):
        disk.apply(operation)
    assert disk.least() == {"a": b"12345678"}
    states = [disk.some(random.Random(seed)) for seed in range(200)]
    assert {name for state in states for name in state} == {"a", "b"}
    assert {content for state in states for content in state.values()} == {
        b"12345678",
        b"12xx5678",
        b"12x45678",  # torn
        b"12xx",
    }
