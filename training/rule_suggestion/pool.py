"""The unlabelled papers that rules are grown over: a sample of bounded size, however many are given."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from data.papers import Paper, Reject


@dataclass(slots=True)
class PaperPool:
    """A sample of papers in the order read, how many were read, and how many records were none."""

    papers: list[Paper] = field(default_factory=list)
    read: int = 0
    rejected: int = 0


def sample_pool(
    records: Iterable[Paper | Reject],
    size: int,
    seed: int,
    left_out: Callable[[Paper], bool],
    rejected: Callable[[Reject], None],
) -> PaperPool:
    """A uniform sample of at most `size` papers (Vitter's algorithm R, 1985), in memory for those alone.

    Args:
        left_out: papers that are passed over, such as those that will judge.
        rejected: told every record that is no paper.
    """
    pool = PaperPool()
    generator = random.Random(seed)
    kept: list[tuple[int, Paper]] = []
    for record in records:
        if isinstance(record, Reject):
            pool.rejected += 1
            rejected(record)
        elif not left_out(record):
            pool.read += 1
            if len(kept) < size:
                kept.append((pool.read, record))
            elif (place := generator.randrange(pool.read)) < size:
                kept[place] = (pool.read, record)
    pool.papers = [paper for _, paper in sorted(kept, key=lambda item: item[0])]
    return pool
