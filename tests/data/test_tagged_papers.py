"""The cache of tagged papers."""

import sqlite3
from pathlib import Path

import pytest

from data.errors import AreatagError, UsageError
from data.papers import Paper
from data.tagged_papers import cached_papers_limit, forget_tagged, remember, replay_allowed, tagged_papers


def papers(first: int, count: int) -> list[Paper]:
    """Papers by number."""
    return [Paper(f"p{n}", f"Reef {n}", f"Corals of reef {n} grow.") for n in range(first, first + count)]


def test_keeps_the_latest_each_once(own_home: Path) -> None:
    """A paper that comes again is not kept twice, and the oldest go first."""
    assert tagged_papers() == []
    remember(papers(0, 4), limit=5)
    remember(papers(2, 4), limit=5)
    assert tagged_papers() == papers(1, 5)


def test_forgets_a_paper(own_home: Path) -> None:
    """Also from the file: its text is nowhere in it."""
    assert forget_tagged("p1") == 0
    remember(papers(0, 3), limit=5)
    assert forget_tagged("p1") == 1
    assert [paper.id for paper in tagged_papers()] == ["p0", "p2"]
    content = b"".join(path.read_bytes() for path in own_home.iterdir())
    assert b"Reef 2" in content and b"Reef 1" not in content


def test_a_damaged_cache_is_an_error(own_home: Path) -> None:
    """The sentence names the file."""
    own_home.mkdir()
    (own_home / "tagged-papers.db").write_text("no database, but long enough to look like one " * 50)
    with pytest.raises(AreatagError, match=r"tagged-papers\.db"):
        tagged_papers()
    with pytest.raises(AreatagError, match=r"tagged-papers\.db"):
        remember(papers(0, 1), 5)


def test_it_is_off_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is the number of papers."""
    monkeypatch.delenv("AREATAG_CACHE_PAPERS", raising=False)
    assert cached_papers_limit() == 0
    monkeypatch.setenv("AREATAG_CACHE_PAPERS", "5000")
    assert cached_papers_limit() == 5000
    monkeypatch.setenv("AREATAG_CACHE_PAPERS", "many")
    with pytest.raises(UsageError, match="AREATAG_CACHE_PAPERS"):
        cached_papers_limit()


def test_two_writers_do_not_fail(own_home: Path) -> None:
    """A writer waits for another one's transaction."""
    remember(papers(0, 1), 5)
    other = sqlite3.connect(own_home / "tagged-papers.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert tagged_papers() == papers(0, 1)
    other.execute("COMMIT")
    remember(papers(1, 1), 5)
    other.close()
    assert len(tagged_papers()) == 2


def test_retrainings_learn_from_it_only_where_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anyone who may tag fills the cache; a word that is neither yes nor no is bad usage."""
    for value, expected in ((None, False), ("", False), ("false", False), ("True", True), ("1", True)):
        monkeypatch.delenv("AREATAG_REPLAY_TAGGED", raising=False)
        if value is not None:
            monkeypatch.setenv("AREATAG_REPLAY_TAGGED", value)
        assert replay_allowed() is expected
    monkeypatch.setenv("AREATAG_REPLAY_TAGGED", "perhaps")
    with pytest.raises(UsageError, match="AREATAG_REPLAY_TAGGED"):
        replay_allowed()
