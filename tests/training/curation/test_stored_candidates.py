"""Candidates for review out of what this machine keeps."""

import pytest

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper, content_id
from data.tagged_papers import remember
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.curation.stored_candidates import settled, stored_candidates, stored_labels

AREAS = parse_taxonomy(TAXONOMY, "test")
WHALE, SHIP, BIRD = (Paper(word, f"A {word}", f"We study the {word}.") for word in ("whale", "ship", "bird"))
COMPLETE = LabelledPaper(WHALE, ("sea/whales",))
OPEN = LabelledPaper(SHIP, ("sea/ships",), (), False)


def test_the_newest_papers_come_first_then_open_labels() -> None:
    """A paper with a complete label is no candidate of the store's."""
    remember([WHALE, BIRD], limit=10)
    assert [item.paper.id for item in stored_candidates([COMPLETE, OPEN])] == ["bird", "whale", "ship"]
    assert settled([COMPLETE, OPEN]) == {content_id(WHALE.title, WHALE.abstract)}


def test_without_a_store_there_are_no_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """And none is made by looking."""
    monkeypatch.delenv("AREATAG_LABEL_STORE", raising=False)
    assert stored_labels(AREAS) == []
    with LabelStore.open() as store:
        store.add([Decision(COMPLETE, "ada", None)])
    assert stored_labels(AREAS) == [COMPLETE]
