"""What a part measured: named figures with a unit, and summaries of many measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value."""

    name: str
    value: float | int | str | bool
    unit: str = ""
    goal: str = ""
    """What the project wants; empty where the figure only explains others."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Median, 90th and 99th percentile of some seconds, in milliseconds."""

    p50: float
    p90: float
    p99: float
    count: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Percentiles:
        """Summarise at least one measurement.

        Raises:
            ValueError: there is none.
        """
        if not len(seconds):
            raise ValueError("nothing was measured; every call failed")
        p50, p90, p99 = (round(1000 * float(value), 2) for value in np.percentile(seconds, (50, 90, 99)))
        return cls(p50, p90, p99, len(seconds))

    def figures(self, name: str, goals: tuple[str, str, str] = ("", "", "")) -> list[Figure]:
        """The three percentiles as figures of `name`."""
        values = (("p50", self.p50), ("p90", self.p90), ("p99", self.p99))
        return [
            Figure(f"{name}, {label}", value, "ms", goal) for (label, value), goal in zip(values, goals, strict=True)
        ]


def slope(minutes: Sequence[float], values: Sequence[float]) -> float:
    """Least-squares growth of some values a minute; 0 for fewer than two."""
    return float(np.polyfit(minutes, values, 1)[0]) if len(values) > 1 else 0.0
