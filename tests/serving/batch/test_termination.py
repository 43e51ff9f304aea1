"""SIGTERM ends a block in order."""

from __future__ import annotations

import os
import signal

import pytest

from serving.batch.termination import ends_on_sigterm


def test_sigterm_ends_the_block() -> None:
    """With the status that shells give it, what is open being closed; before and after it does what it did."""
    before = signal.getsignal(signal.SIGTERM)
    closed = []
    with pytest.raises(SystemExit) as ended, ends_on_sigterm():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        finally:
            closed.append(True)
    assert (ended.value.code, closed, signal.getsignal(signal.SIGTERM)) == (143, [True], before)
