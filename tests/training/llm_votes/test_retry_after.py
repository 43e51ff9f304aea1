"""The header Retry-After."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from training.llm_votes.retry_after import retry_after

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("nan", None),
        ("", None),
    ],
)
def test_reads_numbers_and_dates(value: str, seconds: float | None) -> None:
    """Both forms of the standard; a time that is over means now, and nonsense means nothing."""
    assert retry_after({"retry-after": value}, NOW) == seconds
    assert retry_after({}, NOW) is None
