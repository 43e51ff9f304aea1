"""Records that are no papers, in words, and where they are not allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from data.errors import AreatagError
from data.papers import Paper, Reject


def describe_reject(reject: Reject) -> str:
    """A reject as one line for people."""
    end = "" if reject.reason.endswith((".", "?")) else "."
    return f"{reject.file}, line {reject.line}: {reject.reason}{end}"


def stop_at_reject(records: Iterable[Paper | Reject]) -> Iterator[Paper | Reject]:
    """Yield the papers; raise AreatagError at the first reject."""
    for record in records:
        if isinstance(record, Reject):
            raise AreatagError(
                f"Stopped at {describe_reject(record)} Correct the record, or leave --strict out to skip it."
            )
        yield record
