"""Keeping tagged papers: by the service, by `areatag label`, and never at the cost of tagging."""

from pathlib import Path

import pytest

from data.papers import Paper
from data.tagged_papers import tagged_papers
from serving.tagging.tagged_cache import KeepingTagger, TaggedCache
from tests.serving.cli.conftest import Command, areatag, papers
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger

__all__ = ["areatag", "papers"]  # fixtures of the command line
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


def test_label_keeps_what_it_tagged(areatag: Command, papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With AREATAG_CACHE_PAPERS, the latest so many papers of a file; a wrong value is bad usage."""
    assert areatag("label", papers).code == 0
    assert tagged_papers() == []
    monkeypatch.setenv("AREATAG_CACHE_PAPERS", "2")
    assert areatag("label", papers).code == 0
    assert [paper.id for paper in tagged_papers()] == ["b", "c"]
    monkeypatch.setenv("AREATAG_CACHE_PAPERS", "some")
    assert areatag("label", papers).code == 2


def test_labelling_goes_on_without_the_cache(own_home: Path) -> None:
    """The problem is kept for a message; papers are labelled all the same."""
    (own_home / "tagged-papers.db").mkdir(parents=True)
    tagger = KeepingTagger(FakeTagger(), 10)
    assert len(tagger.tag([PAPER])) == len(tagger.tag([PAPER])) == 1
    assert tagger.problem is not None and "tagged-papers.db" in tagger.problem
