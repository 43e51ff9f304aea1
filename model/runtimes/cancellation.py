"""Ending work in other threads that nobody waits for any more."""

from collections.abc import Callable
from concurrent.futures import CancelledError


class Cancellation:
    """Ends the calls that are at work now, and none that begins later."""

    def __init__(self) -> None:
        self._cancelled = 0

    def cancel(self) -> None:
        """End them at their next check."""
        self._cancelled += 1

    def check(self) -> Callable[[], None]:
        """Return the check of a call that begins; it raises CancelledError once the call is to end."""
        before = self._cancelled

        def check() -> None:
            if self._cancelled != before:
                raise CancelledError

        return check
