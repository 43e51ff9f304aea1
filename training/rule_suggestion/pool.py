"""The unlabelled papers that rules are grown over: a sample of bounded size, however many are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from data.papers import Paper, Reject
from data.reservoir import Reservoir


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
    """A uniform sample of at most `size` papers, in memory for those alone.

    Args:
        left_out: papers that are passed over, such as those that will judge.
        rejected: told every record that is no paper.
    """
    pool = PaperPool()
    sample: Reservoir[Paper] = Reservoir(size, seed)
    for record in records:
        if isinstance(record, Reject):
            pool.rejected += 1
            rejected(record)
        elif not left_out(record):
            sample.add(record)
    pool.papers, pool.read = sample.items(), sample.seen
    return pool
