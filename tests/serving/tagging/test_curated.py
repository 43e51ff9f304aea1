"""The tagger of commands, which heeds the label store and keeps what it tagged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from data.tagged_papers import tagged_papers
from model.tags import TagResult
from serving.tagging import curated as module
from serving.tagging.curated import CuratedTagger, curated
from serving.tagging.tagged_cache import keep
from tests.serving.cli.conftest import Command, areatag, papers
from tests.serving.fake_tagger import TAXONOMY, FakeTagger

__all__ = ["areatag", "papers"]  # fixtures of the command line
PAPER = Paper("a", "We segment depth.")


def answer(tagger: CuratedTagger) -> list[TagResult]:
    """What it says of the paper."""
    return tagger.results([PAPER], tagger.predict([PAPER]))


def test_a_curators_label_wins() -> None:
    """Where there is a label store; without one the model alone answers, and none is made."""
    with curated(FakeTagger(), TAXONOMY, 0) as tagger:
        assert answer(tagger) == FakeTagger().tag([PAPER])
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(PAPER, ("language/translation",)))])
    with curated(FakeTagger(), TAXONOMY, 0) as tagger:
        (result,) = answer(tagger)
    assert [area.id for area in result.areas if area.confirmed] == ["language/translation"]
    assert tagged_papers() == []


def test_labelling_goes_on_without_the_cache(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The problem is kept for a message, and it is not tried again; papers are labelled all the same."""
    (own_home / "tagged-papers.db").mkdir(parents=True)
    tries: list[int] = []

    def counted(papers: Sequence[Paper], limit: int) -> str | None:
        tries.append(limit)
        return keep(papers, limit)

    monkeypatch.setattr(module, "keep", counted)
    with curated(FakeTagger(), TAXONOMY, 10) as tagger:
        assert len(answer(tagger)) == len(answer(tagger)) == 1
        assert tagger.problem is not None and "tagged-papers.db" in tagger.problem
    assert tries == [10]


def test_label_keeps_what_it_tagged(areatag: Command, papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With AREATAG_CACHE_PAPERS, the latest so many papers of a file; a wrong value is bad usage."""
    assert areatag("label", papers).code == 0
    assert tagged_papers() == []
    monkeypatch.setenv("AREATAG_CACHE_PAPERS", "2")
    assert areatag("label", papers).code == 0
    assert [paper.id for paper in tagged_papers()] == ["b", "c"]
    monkeypatch.setenv("AREATAG_CACHE_PAPERS", "some")
    assert areatag("label", papers).code == 2
