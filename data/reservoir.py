"""A random sample of bounded size from a stream of unknown length, in one pass."""

from __future__ import annotations

import heapq
import math
import random
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Reservoir(Generic[Item]):
    """Keeps at most `size` items: a sample without replacement in which an item's chance grows with its weight.

    Items of equal weights have equal chances. This is reservoir sampling by random keys (A-Res; Efraimidis and
    Spirakis, Weighted random sampling with a reservoir, 2006).
    """

    def __init__(self, size: int, seed: int) -> None:
        self.seen = 0
        """Items of the stream so far."""
        self._size = size
        self._generator = random.Random(seed)
        self._kept: list[tuple[float, int, Item]] = []  # a heap: the smallest key first, of equal ones the later item

    def add(self, item: Item, weight: float = 1.0) -> None:
        """Take the next item of the stream into account; its weight is above 0."""
        self.seen += 1
        entry = (math.log(1.0 - self._generator.random()) / weight, -self.seen, item)
        if len(self._kept) < self._size:
            heapq.heappush(self._kept, entry)
        elif self._kept:
            heapq.heappushpop(self._kept, entry)

    def items(self) -> list[Item]:
        """The sample, in the order of the stream."""
        return [item for _, _, item in sorted(self._kept, key=lambda entry: -entry[1])]
