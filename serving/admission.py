"""Bounded amounts that calls share: papers that wait, bytes that are held. What does not fit is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class ExhaustedError(Exception):
    """The amount asked for does not fit below the limit now."""


@dataclass(slots=True)
class Share:
    """What one call has taken of an allowance."""

    allowance: Allowance
    taken: int = 0

    def take(self, amount: int) -> None:
        """Take more; raises ExhaustedError (and takes nothing) when it does not fit."""
        if self.allowance.used + amount > self.allowance.limit:
            raise ExhaustedError
        self.allowance.change(amount)
        self.taken += amount


@dataclass(slots=True)
class Allowance:
    """An amount of which at most `limit` is in use; for one event loop, so without locks."""

    limit: int
    observe: Callable[[float], None] | None = None
    """Told the amount in use whenever it changes."""
    used: int = 0

    def change(self, amount: int) -> None:
        """Add to the amount in use; the limit is the caller's to keep."""
        self.used += amount
        if self.observe is not None:
            self.observe(self.used)

    @contextmanager
    def share(self) -> Iterator[Share]:
        """Give a call its share, which is returned when the call ends, however it ends."""
        share = Share(self)
        try:
            yield share
        finally:
            self.change(-share.taken)
