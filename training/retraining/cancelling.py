"""Cancelling a job: Ctrl-C, or a request that somebody left, stops its main thread wherever that is."""

from __future__ import annotations

import signal
import threading
import time
from typing import Self

from training.retraining.job import Job

_LOOK_SECONDS = 0.3
"""Seconds between two looks whether the job is to be cancelled."""
_AGAIN_SECONDS = 2.0
"""Seconds after which an interrupt that was lost is raised again: what it interrupts has that long to clean up."""


class Cancelling:
    """While it is entered, by the main thread, KeyboardInterrupt is raised there when somebody cancels the job.

    An exception raised by a signal is lost where the interpreter is in a callback that cannot raise, such as that of a
    weak reference, or in a library that catches everything. So it is raised again until the work has ended.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._asked = False
        self._too_late = False
        self._raised = -_AGAIN_SECONDS

    def stop(self) -> None:
        """Interrupt no more: the work is done, or being undone."""
        self._too_late = True

    def __enter__(self) -> Self:
        # a process started in the background may ignore SIGINT
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._ended.set()
        self._watch.join()  # no signal of its is under way when the handler changes
        signal.signal(signal.SIGINT, self._before or signal.SIG_DFL)

    def _interrupt(self, *_: object) -> None:
        """Handle the signal; Python calls this in the main thread."""
        self._asked = True
        now = time.monotonic()
        if not self._too_late and now - self._raised >= _AGAIN_SECONDS:
            self._raised = now
            raise KeyboardInterrupt

    def _look(self) -> None:
        main = threading.main_thread().ident
        while not self._ended.wait(_LOOK_SECONDS):
            if main is not None and (self._asked or self._job.cancel_asked):
                signal.pthread_kill(main, signal.SIGINT)  # also wakes it where it waits for something
