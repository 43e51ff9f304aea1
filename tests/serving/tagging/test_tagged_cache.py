"""Keeping tagged papers: never at the cost of tagging."""

from pathlib import Path

import pytest

from data.papers import Paper
from data.tagged_papers import tagged_papers
from serving.tagging.tagged_cache import TaggedCache, keep
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger

PAPER = Paper("a", "We segment", "Cells of a leaf.")


def test_the_service_keeps_what_it_tagged(serve: Serve) -> None:
    """Only where that is asked for, and without the calls waiting for it."""
    body = {"papers": [{"id": PAPER.id, "title": PAPER.title, "abstract": PAPER.abstract}]}
    with serve(FakeTagger()) as client:
        assert client.post("/tag", json=body).status_code == 200
        assert client.app.state.service.tagged is None  # type: ignore[attr-defined]
        assert tagged_papers() == []
    with serve(FakeTagger(), cache_papers=10) as client:
        assert client.post("/tag", json=body).status_code == 200
        client.app.state.service.tagged.flush()  # type: ignore[attr-defined]
        assert tagged_papers() == [PAPER]


def test_a_cache_that_cannot_be_written_fails_no_call(own_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says it, and the next papers are tried again."""
    (own_home / "tagged-papers.db").mkdir(parents=True)
    cache = TaggedCache(10)
    cache.keep([PAPER])
    cache.flush()
    assert "not kept" in caplog.text
    (own_home / "tagged-papers.db").rmdir()
    cache.keep([PAPER])
    cache.flush()
    assert tagged_papers() == [PAPER]


def test_what_cannot_be_kept_is_said(own_home: Path) -> None:
    """In the words of the cache; else nothing is said, and only the latest papers are there."""
    assert keep([PAPER, Paper("b", "Herons")], 1) is None
    assert [paper.id for paper in tagged_papers()] == ["b"]
    (own_home / "tagged-papers.db").unlink()
    (own_home / "tagged-papers.db").mkdir()
    problem = keep([PAPER], 10)
    assert problem is not None and "tagged-papers.db" in problem
