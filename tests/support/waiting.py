"""Waiting for what other processes, threads and pages do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 300.0
"""Seconds after which a test takes for hung what it waits for. No test asserts a time: a busy machine takes long."""
_PAUSE = 0.02  # seconds

T = TypeVar("T")


def wait_for(
    read: Callable[[], T], wanted: Callable[[T], bool] = bool, pause: Callable[[float], None] = time.sleep
) -> T:
    """Read a value until it is as wanted, with pauses in seconds; fails with the last one."""
    deadline = time.monotonic() + PATIENCE
    while not wanted(value := read()):
        assert time.monotonic() < deadline, f"waited in vain: the last value was {value!r}"
        pause(_PAUSE)
    return value
