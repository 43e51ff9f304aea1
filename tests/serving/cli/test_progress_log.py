"""Progress in a file, and the time that is left."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from serving.cli.console import step_progress
from serving.cli.progress_log import LogLines, TimeLeft, is_log


class Clock:
    """Seconds that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_a_file_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """None in the first seconds, so that quick work leaves no trace; then one every half minute."""
    stream, clock = io.StringIO(), Clock()
    monkeypatch.setattr(sys, "stderr", stream)
    lines = LogLines(clock)
    for second in range(75):
        clock.now = float(second)
        lines.show(f"at {second}")
    assert stream.getvalue() == "at 10\nat 40\nat 70\n"


def test_only_a_regular_file_is_a_log(tmp_path: Path) -> None:
    """Neither a pipe, nor what is no file at all."""
    with (tmp_path / "log.txt").open("w") as file:
        assert is_log(file)
    assert not is_log(file) and not is_log(io.StringIO())


def test_work_whose_stderr_is_a_file_writes_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody looks, somebody may look later."""
    monkeypatch.setattr("serving.cli.progress_log._FIRST_SECONDS", 0.0)
    with (tmp_path / "log.txt").open("w") as file:
        monkeypatch.setattr(sys, "stderr", file)
        with step_progress() as show:
            show(1, 500, 0.25)
    assert (tmp_path / "log.txt").read_text() == "Step 1 of 500, loss 0.2500\n"


@pytest.mark.parametrize(
    ("seconds", "done", "left"),
    [
        (1.0, 10, ""),
        (10.0, 10, ", about 90 s left"),
        (60.0, 10, ", about 9 min left"),
        (3600.0, 10, ", about 9 h left"),
        (60.0, 99, ", about 10 s left"),
        (60.0, 100, ""),
        (60.0, 0, ""),
    ],
)
def test_the_time_left_goes_by_the_speed_so_far(seconds: float, done: int, left: str) -> None:
    """Of the stage; not before it is known, nor when all is done."""
    clock = Clock()
    time_left = TimeLeft(clock)
    assert time_left.after("reading", 0, 100) == ""
    clock.now = seconds
    assert time_left.after("reading", done, 100) == left
    assert time_left.after("voting", 50, 100) == ""
    clock.now = seconds + 10
    assert time_left.after("voting", 75, 100) == ", about 10 s left"  # 25 in 10 s; those before count not
    assert time_left.after("voting", 75, 0) == ""
