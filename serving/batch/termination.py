"""SIGTERM, by which schedulers of batch jobs, containers and systemd end a process."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TERMINATED = 128 + signal.SIGTERM
"""Exit code of a process that was told to end, as shells use it."""


@contextmanager
def ends_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as `sys.exit` does: what is open is closed, and people are told how to go on.

    For the main thread alone, as all handlers of signals.
    """
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)  # None: it was not set by Python


def _end(_number: int, _frame: object) -> None:
    sys.exit(TERMINATED)
