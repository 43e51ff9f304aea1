"""Rows of the label store: how a decision is written as one, and how rows are asked for and read as entries again."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, or_, select

from data.label_store.errors import LabelStoreError
from data.label_store.merging import mark_withdrawn
from data.label_store.records import Decision, Entry
from data.label_store.tables import entries
from data.papers import Paper, content_id


def paper_content(paper: Paper) -> str:
    """Return the content id under which the store knows a paper."""
    return content_id(_clean(paper.title), _clean(paper.abstract))


def decision_row(decision: Decision) -> dict[str, Any]:
    """Return the row of a new entry."""
    paper = decision.label.paper
    return {
        "time": now(),
        "content": paper_content(paper),
        "paper_id": _clean(paper.id),
        "title": _clean(paper.title),
        "abstract": _clean(paper.abstract),
        "areas": json.dumps(decision.label.areas),
        "rejected": json.dumps(decision.label.rejected),
        "complete": decision.label.complete,
        "annotator": _clean(decision.annotator),
        "model": None if decision.model is None else _clean(decision.model),
        "undoes": None,
    }


def withdrawal_row(entry: Row[Any], annotator: str) -> dict[str, Any]:
    """Return the row of an entry that withdraws another, of the same paper."""
    kept = {name: value for name, value in entry._asdict().items() if name != "number"}
    nothing = {"areas": "[]", "rejected": "[]", "complete": False, "model": None}
    return {**kept, **nothing, "time": now(), "annotator": _clean(annotator), "undoes": entry.number}


def fingerprint(key: bytes, content: str) -> str:
    """Return the keyed hash of a content id (64 hex digits), which stays when the paper is forgotten."""
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def now() -> str:
    """Return the time as entries have it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _clean(value: str) -> str:
    """Return text that both databases take: PostgreSQL has no NUL, neither has lone surrogates."""
    return value.replace("\0", " ").encode("utf-8", "replace").decode()


def contents_of(paper_id: str) -> Any:
    """Return the query for the content ids of the papers with this id or content id."""
    wanted = _clean(paper_id)
    named = or_(entries.c.paper_id == wanted, entries.c.content == wanted)
    return select(entries.c.content).where(named).distinct()


def history_of(condition: Any) -> Any:
    """Return the query for entries, one paper after the other, oldest first."""
    return select(entries).where(condition).order_by(entries.c.content, entries.c.number)


def by_content(rows: Any) -> Iterator[tuple[str, list[Entry]]]:
    """Group rows, which are ordered by content and number, into the histories of the papers."""
    for content, group in groupby(rows, key=lambda row: str(row.content)):
        yield content, entries_of(list(group))


def entries_of(rows: Sequence[Row[Any]]) -> list[Entry]:
    """Return the entries of one paper's rows, oldest first; raises LabelStoreError when one is damaged."""
    return mark_withdrawn([_entry(row) for row in rows])


def _entry(row: Row[Any]) -> Entry:
    try:
        areas, rejected = tuple(json.loads(row.areas)), tuple(json.loads(row.rejected))
    except (ValueError, TypeError) as error:
        sentence = f"The label entry {row.number} is damaged ({error}); areatag feedback check says what else is."
        raise LabelStoreError(sentence) from error
    return Entry(
        number=row.number,
        time=row.time,
        paper=Paper(row.paper_id, row.title, row.abstract),
        areas=areas,
        rejected=rejected,
        complete=row.complete,
        annotator=row.annotator,
        model=row.model,
        undoes=row.undoes,
    )
