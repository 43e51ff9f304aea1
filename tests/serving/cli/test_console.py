"""Messages and progress."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from data.papers import Reject
from data.readers import ReadingPlace, read_papers
from serving.batch.counts import Counts
from serving.cli.console import labelling_progress, message, show_reject, stage_progress, step_progress
from serving.cli.progress_log import TimeLeft
from tests.support.tiny import write_jsonl


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_message_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """Messages leave stdout alone."""
    message("Hello.")
    assert capsys.readouterr() == ("", "Hello.\n")


def test_a_rejected_record_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """With its place and the reason, one stop at the end."""
    show_reject(Reject("geese.jsonl", 3, "It names no bird."))
    assert capsys.readouterr().err == "Rejected geese.jsonl, line 3: It names no bird.\n"


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    """A progress line appears on a terminal and never in a pipe."""
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with labelling_progress(start=0, to_terminal=False) as show_counts:
        show_counts(Counts(3, 2, 1))
    with stage_progress() as show_stage:
        show_stage("voting", 10, 20)
    with step_progress() as show_step:
        show_step(1, 5, 0.25)
    for text in ("2 papers labelled, 1 rejected", "voting: 10 of 20 papers", "Step 1 of 5, loss 0.2500"):
        assert (text in stream.getvalue()) == terminal


@pytest.mark.parametrize("asked", [True, False])
def test_no_color_takes_colours_away(monkeypatch: pytest.MonkeyPatch, asked: bool) -> None:
    """Progress has some, unless NO_COLOR asks for none."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1" if asked else "")
    with stage_progress() as show:
        show("voting", 10, 20)
    colours = re.findall(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]", stream.getvalue())
    assert bool(colours) != asked


def test_no_progress_through_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where labels go to the terminal there is no progress line between them."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with labelling_progress(start=0, to_terminal=True) as show:
        show(Counts(3, 2, 1))
    assert stream.getvalue() == ""


def test_labelling_tells_its_place_in_the_inputs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From which the time that is left is estimated; without a place it is not."""
    papers = write_jsonl(tmp_path / "papers.jsonl", [{"title": f"On geese, part {number}"} for number in range(9)])
    place, told = ReadingPlace(), list[tuple[object, ...]]()
    list(read_papers([papers], place=place))

    def after(left: TimeLeft, *state: object) -> str:
        told.append(state)
        return ", about 3 min left"

    monkeypatch.setattr(TimeLeft, "after", after)
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    for known in (place, None):
        with labelling_progress(start=0, to_terminal=False, place=known) as show:
            show(Counts(9, 9, 0))
    size = papers.stat().st_size
    assert told == [("labelling", size, size)]
    assert "a second, about 3 min left" in " ".join(stream.getvalue().split())
