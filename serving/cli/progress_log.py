"""Progress for those who look at it later, in a file: a line now and then; and how long the work may still take."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable
from typing import TextIO

_FIRST_SECONDS, _NEXT_SECONDS = 10.0, 30.0
"""Seconds before the first line, and between two."""
_KNOWN_SECONDS = 5.0
"""Seconds of a stage after which its speed is known."""
_MINUTE, _HOUR = 60.0, 3600.0


def is_log(stream: TextIO) -> bool:
    """Whether a stream is a regular file, as of `2> log.txt`, and neither a terminal nor a pipe."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):  # no file at all, or closed
        return False


class LogLines:
    """Writes the latest state of the work to stderr, a line every half minute.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = clock() + _FIRST_SECONDS

    def show(self, text: str) -> None:
        """Write the line if it is time for one."""
        if self._clock() >= self._due:
            self._due = self._clock() + _NEXT_SECONDS
            print(text, file=sys.stderr, flush=True)


class TimeLeft:
    """Estimates how long a stage of the work may still take, by its speed so far.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage, self._began, self._first = "", 0.0, 0

    def after(self, stage: str, done: int, total: int) -> str:
        """Return ", about 3 min left" to be put behind the state of a stage, "" while that is not known.

        Args:
            stage: its name; another one begins anew.
            done: steps done, also those of an interrupted run.
            total: steps in all; 0: not known.
        """
        now = self._clock()
        if stage != self._stage:
            self._stage, self._began, self._first = stage, now, done
        seconds, steps = now - self._began, done - self._first
        if not total or steps <= 0 or seconds < _KNOWN_SECONDS or done >= total:
            return ""
        return f", about {_duration(seconds * (total - done) / steps)} left"


def _duration(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{max(round(seconds, -1), 10):.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < 2 * _HOUR else f"{seconds / _HOUR:.0f} h"
