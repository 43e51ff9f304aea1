"""Messages and progress."""

from __future__ import annotations

import io
import re
import sys

import pytest

from data.papers import Reject
from serving.batch.counts import Counts
from serving.cli.console import labelling_progress, message, show_reject, stage_progress, step_progress


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
