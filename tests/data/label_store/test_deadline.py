"""A database that is there and does not answer, or is held by others, keeps nobody waiting for long."""

from __future__ import annotations

import socket
import threading

import pytest

from data.label_store.deadline import answered_within
from data.label_store.errors import NoAnswer
from data.papers import Paper
from tests.support.waiting import PATIENCE

SALMON = Paper("1", "Salmon", "They swim upstream.")


def test_a_wait_ends_when_its_time_is_up() -> None:
    """Whoever waits at the socket is woken, and the error says for how long it waited."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with pytest.raises(NoAnswer, match="has not answered"), answered_within(0.05, ours):
            assert ours.recv(1) == b""  # the end of what is shut
            raise ConnectionError("closed")
        with pytest.raises(OSError):
            ours.send(b"x")


def test_a_wait_in_time_leaves_the_connection_and_its_errors_alone() -> None:
    """Nothing is shut, no descriptor and no thread is left, and an error of the block is passed on."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        threads = threading.active_count()
        with pytest.raises(KeyError), answered_within(600, ours):
            raise KeyError("of the block")
        with answered_within(600, ours):
            theirs.send(b"x")
            assert ours.recv(1) == b"x"
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.join(PATIENCE)
        assert threading.active_count() <= threads
