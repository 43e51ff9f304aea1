"""Messages and progress for people: always on stderr, so that stdout holds results only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from data.papers import Reject
from data.readers import ReadingPlace
from model.tags import TagOptions
from serving.batch.counts import Counts
from serving.batch.rejects import describe_reject
from serving.cli.progress_log import LogLines, TimeLeft, is_log


def message(text: str) -> None:
    """One line on stderr; where that cannot be written, nobody reads it, and the work goes on."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def show_reject(reject: Reject) -> None:
    """Name a rejected record and the reason."""
    message(f"Rejected {describe_reject(reject)}")


def confirmed(question: str) -> bool:
    """Ask a person on the terminal, where no is the default; scripts, which have none, have decided already."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    # typer is loaded by every command, but not by the service, which shares the messages.
    import typer

    return typer.confirm(question, err=True)


def show_counts(counts: Counts, options: TagOptions) -> None:
    """Say what became of the records of a run."""
    if counts.repeated:
        message(f"Papers with the id of an earlier paper, labelled with a warning: {counts.repeated}")
    message(counts.summary())
    if options.min_precision is not None and counts.labelled:
        message(counts.remaining(options.min_precision))


@contextmanager
def labelling_progress(
    *, start: int | None, to_terminal: bool, place: ReadingPlace | None = None
) -> Iterator[Callable[[Counts], None]]:
    """A progress line while papers are labelled; nothing where stderr is neither a terminal nor a file.

    Args:
        start: records that an interrupted run has done already; None: those of the first call, before any is labelled.
        to_terminal: results go to the terminal, where a progress line would run through them.
        place: of the run in its inputs, to say how long it may still take.
    """
    with _progress_line(shown=not to_terminal) as show_text:
        began, left = time.monotonic(), TimeLeft()

        def show(counts: Counts) -> None:
            nonlocal start, began
            if start is None:
                start, began = counts.read, time.monotonic()
                return
            rate = (counts.read - start) / (time.monotonic() - began)
            text = f"{counts.labelled:,} papers labelled, {counts.rejected:,} rejected, {rate:,.0f} a second"
            show_text(text + (left.after("labelling", place.read, place.total) if place is not None else ""))

        show_text("Reading the first papers")
        yield show


@contextmanager
def stage_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress line for work in stages: told a stage, its papers done, and of how many (0: unknown)."""
    with _progress_line(shown=True) as show_text:
        left = TimeLeft()

        def show(stage: str, done: int, total: int) -> None:
            amount = f"{done:,} of {total:,} papers" if total else f"{done:,} papers" if done else ""
            show_text(f"{stage}: {amount}".rstrip(": ") + left.after(stage, done, total))

        yield show


@contextmanager
def step_progress() -> Iterator[Callable[[int, int, float], None]]:
    """A progress line while a model trains: told the step, the number of steps, and the mean loss of late."""
    with _progress_line(shown=True) as show_text:
        left = TimeLeft()
        yield lambda step, steps, loss: show_text(
            f"Step {step:,} of {steps:,}, loss {loss:.4f}{left.after('training', step, steps)}"
        )


@contextmanager
def job_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress line for a job: told a stage, its step, and the number of its steps (0: unknown)."""
    with _progress_line(shown=True) as show_text:
        left = TimeLeft()
        yield lambda stage, step, steps: show_text(
            (f"{stage}: {step:,} of {steps:,}" if steps else stage) + left.after(stage, step, steps)
        )


@contextmanager
def _progress_line(*, shown: bool) -> Iterator[Callable[[str], None]]:
    if shown and is_log(sys.stderr):
        yield LogLines().show
        return
    if not shown or not sys.stderr.isatty():
        yield lambda text: None
        return
    # Only a run that shows progress pays for importing it.
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("")
        yield lambda text: bar.update(task, description=text)
