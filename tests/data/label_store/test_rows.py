"""Decisions as rows, and rows as entries."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.label_store.errors import LabelStoreError
from data.label_store.records import Decision
from data.label_store.rows import by_content, decision_row, entries_of, fingerprint, paper_content, withdrawal_row
from data.labels import LabelledPaper
from data.papers import Paper

TEXTS = st.text(st.characters() | st.just("\0") | st.just("\ud800"), max_size=12)
AREAS = st.lists(st.text(min_size=1, max_size=8), max_size=3, unique=True).map(tuple)
GEESE = Decision(LabelledPaper(Paper("1", "Geese"), ("birds",)), "ada", "v1")


def _stored(row: dict[str, Any], number: int = 1) -> Any:
    values = {"number": number, **row}
    return SimpleNamespace(**values, _asdict=lambda: values)


@given(TEXTS, TEXTS, AREAS, AREAS, st.booleans(), TEXTS, st.none() | TEXTS)
def test_what_is_written_is_read_again(
    title: str, abstract: str, areas: tuple[str, ...], others: tuple[str, ...], complete: bool, who: str, model: str
) -> None:
    """But for characters that no database takes, which become others; the content id is that of what is stored."""
    paper = Paper("p", title, abstract)
    row = decision_row(Decision(LabelledPaper(paper, areas, others, complete), who, model))
    (entry,) = entries_of([_stored(row)])
    assert (entry.areas, entry.rejected, entry.complete, entry.undoes) == (areas, others, complete, None)
    stored = " ".join(filter(None, [entry.paper.title, entry.paper.abstract, entry.annotator, entry.model]))
    assert "\0" not in stored and stored.encode().decode() == stored
    assert paper_content(paper) == paper_content(entry.paper) == row["content"]


def test_a_withdrawal_decides_nothing() -> None:
    """It is of the same paper and names what it withdraws, which then counts no more."""
    first = _stored(decision_row(GEESE), 7)
    second = _stored(withdrawal_row(first, "bob"), 8)
    given, withdrawal = entries_of([first, second])
    assert given.withdrawn and not withdrawal.withdrawn
    assert (withdrawal.undoes, withdrawal.annotator, withdrawal.areas, withdrawal.model) == (7, "bob", (), None)
    assert withdrawal.paper == given.paper and not withdrawal.complete


def test_rows_are_grouped_by_paper() -> None:
    """In the order in which they come."""
    herons = Decision(LabelledPaper(Paper("2", "Herons"), ()))
    rows = [_stored(decision_row(decision), number) for number, decision in enumerate([GEESE, GEESE, herons], 1)]
    assert [[entry.number for entry in history] for _, history in by_content(rows)] == [[1, 2], [3]]


@pytest.mark.parametrize("damaged", ["[", None, "7"])
def test_a_damaged_entry_is_named(damaged: object) -> None:
    """With the command that says more."""
    row = decision_row(GEESE) | {"areas": damaged}
    with pytest.raises(LabelStoreError, match=r"entry 3 is damaged .* areatag feedback check"):
        entries_of([_stored(row, 3)])


def test_a_forgotten_paper_leaves_a_hash_with_a_key() -> None:
    """Another key gives another one, so that nobody can try contents without it."""
    marks = {fingerprint(key, content) for key in (b"a", b"b") for content in ("geese", "herons")}
    assert len(marks) == 4 and all(len(mark) == 64 for mark in marks)
