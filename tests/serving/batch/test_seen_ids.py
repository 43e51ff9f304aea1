"""Ids of the papers of a run."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import AreatagError
from data.papers import Paper
from serving.batch.seen_ids import SeenIds


@given(st.lists(st.sampled_from(["a", "b", "", "c c", "ü", "\ud83d"]), max_size=12))
def test_papers_with_the_id_of_an_earlier_one_are_found(ids: list[str]) -> None:
    """Each but the first."""
    with SeenIds() as seen:
        assert [seen.add(Paper(name)) for name in ids] == [name in ids[:place] for place, name in enumerate(ids)]


def test_a_disk_that_fails_is_a_sentence() -> None:
    """Which says what to do."""
    seen = SeenIds()
    with seen:
        pass
    with pytest.raises(AreatagError, match="free some disk space or set TMPDIR") as caught:
        seen.add(Paper("a"))
    assert isinstance(caught.value.__cause__, sqlite3.Error)
