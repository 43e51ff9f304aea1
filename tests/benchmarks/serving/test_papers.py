"""Invented papers have the tokens they should have."""

from __future__ import annotations

import json

from benchmarks.serving.papers import invented_papers, tag_body
from serving.routes.tagging import TagRequest


def _words(text: str) -> int:
    return len(text.split())


def test_papers_have_as_many_tokens_as_asked() -> None:
    """Counted as the encoder reads them, title and abstract together."""
    papers = invented_papers(5, 120, _words)
    assert all(_words(paper.text) == 120 for paper in papers)
    assert len({paper.text for paper in papers}) == 5


def test_papers_are_the_same_for_a_seed() -> None:
    """Two runs measure the same texts."""
    assert invented_papers(3, 60, _words, 1) == invented_papers(3, 60, _words, 1) != invented_papers(3, 60, _words, 2)


def test_the_body_is_a_valid_request() -> None:
    """POST /tag takes it."""
    papers = invented_papers(2, 60, _words)
    request = TagRequest.model_validate(json.loads(tag_body(papers)))
    assert [paper.id for paper in request.papers] == ["benchmark-0", "benchmark-1"]
