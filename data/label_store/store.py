"""The label store: decisions of curators about papers, kept as a history that only grows.

A paper is its content (see `data.papers.content_id`): different papers under one id are kept apart, and a paper
that comes again under another id keeps its labels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Self

from sqlalchemy import Connection, delete, func, insert, select

from data.errors import UsageError
from data.label_store.database import PATIENCE, Database
from data.label_store.errors import LabelStoreError
from data.label_store.location import label_store_url
from data.label_store.merging import conflicts, decisions, merge
from data.label_store.records import Conflict, Decision, Entry, Forgotten
from data.label_store.rows import (
    by_content,
    contents_of,
    decision_row,
    entries_of,
    fingerprint,
    history_of,
    now,
    paper_content,
    withdrawal_row,
)
from data.label_store.tables import entries, forgotten, read_about
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Taxonomy
from data.taxonomy_changes import translate

_MOST_IN_LIST = 500  # values of one IN (...)


class ForgottenPaperError(LabelStoreError):
    """Labels came for a paper that was forgotten; none of the call is stored."""


class NoSuchEntryError(UsageError):
    """No entry has this number."""


class WithdrawnEntryError(UsageError):
    """The entry is withdrawn already."""


class LabelStore:
    """An open label store; safe to share between threads, and several processes may have it open.

    Every method raises LabelStoreError when the database fails.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str | None = None, patience: float = PATIENCE) -> Self:
        """Open the store; one that does not exist is empty, and is made with the first label.

        Args:
            url: see `data.label_store.database.Database`; None: what AREATAG_LABEL_STORE says, or the SQLite
                file under AREATAG_HOME.
            patience: seconds to wait for other processes, and for the database's answer.

        Raises:
            UsageError: the URL is wrong.
            LabelStoreError: the database cannot be used, is no label store, or a newer areatag made it.
        """
        return cls(Database(url or label_store_url(), patience))

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, decisions: Sequence[Decision]) -> list[int]:
        """Store decisions, all or none, and return their entry numbers; they are on the disk by then.

        Raises:
            ForgottenPaperError: one of the papers was forgotten.
        """
        rows = [decision_row(decision) for decision in decisions]
        if not rows:
            return []
        with self._database.writing() as connection:
            self._refuse_forgotten(connection, rows)
            statement = insert(entries).returning(entries.c.number, sort_by_parameter_order=True)
            return list(connection.execute(statement, rows).scalars())

    def entry(self, number: int) -> Entry:
        """Return one entry; raises NoSuchEntryError."""
        with self._database.reading() as connection:
            content = select(entries.c.content).where(entries.c.number == number)
            rows = connection.execute(history_of(entries.c.content.in_(content))).all()
        for entry in entries_of(rows):
            if entry.number == number:
                return entry
        raise NoSuchEntryError(_no_entry(number))

    def undo(self, number: int, annotator: str = "") -> int:
        """Withdraw an entry by a new one, and return the new one's number; undoing that reinstates the first.

        Raises:
            NoSuchEntryError, WithdrawnEntryError: there is no such entry, or it is withdrawn already.
        """
        with self._database.writing() as connection:
            target = connection.execute(select(entries).where(entries.c.number == number)).one_or_none()
            if target is None:
                raise NoSuchEntryError(_no_entry(number))
            history = entries_of(connection.execute(history_of(entries.c.content == target.content)).all())
            if any(entry.number == number and entry.withdrawn for entry in history):
                raise WithdrawnEntryError(f"The label entry {number} is withdrawn already; nothing was done.")
            row = withdrawal_row(target, annotator)
            return int(connection.execute(insert(entries).values(row).returning(entries.c.number)).scalar_one())

    def current(self, paper: Paper) -> LabelledPaper | None:
        """Return what holds for the paper of this content, whatever its id; None when nothing is decided."""
        return self.current_labels([paper])[0]

    def current_labels(self, papers: Sequence[Paper], taxonomy: Taxonomy | None = None) -> list[LabelledPaper | None]:
        """Return what holds for each paper, in their order, with one look into the database (per 500 papers).

        Args:
            papers: whose labels are asked for.
            taxonomy: in whose terms (`data.taxonomy_changes`); None: with the ids that the labels were given with.
        """
        contents = [paper_content(paper) for paper in papers]
        wanted = sorted(set(contents))
        found: dict[str, LabelledPaper | None] = {}
        with self._database.reading() as connection:
            for start in range(0, len(wanted), _MOST_IN_LIST):
                some = wanted[start : start + _MOST_IN_LIST]
                rows = connection.execute(history_of(entries.c.content.in_(some))).all()
                found |= {content: _holds(history, taxonomy) for content, history in by_content(rows)}
        return [found.get(content) for content in contents]

    def labelled_papers(self, taxonomy: Taxonomy | None = None) -> Iterator[LabelledPaper]:
        """Yield what holds for every labelled paper, in the order of their content ids.

        Args:
            taxonomy: as for `current_labels`.
        """
        for history in self._histories():
            merged = _holds(history, taxonomy)
            if merged is not None:
                yield merged

    def labels_with_entries(self) -> Iterator[tuple[LabelledPaper, tuple[int, ...]]]:
        """Yield what holds for every labelled paper with the numbers of the decisions behind it, oldest first."""
        for history in self._histories():
            merged = merge(history)
            if merged is not None:
                yield merged, tuple(entry.number for entry in decisions(history))

    def conflicts(self) -> list[Conflict]:
        """Return every area of every paper on which annotators disagree."""
        return [conflict for history in self._histories() for conflict in conflicts(history)]

    def history(self, paper_id: str) -> list[Entry]:
        """Return all entries of the papers with this id (or content id), oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(history_of(entries.c.content.in_(contents_of(paper_id)))).all()
        found = [entry for _, history in by_content(rows) for entry in history]
        return sorted(found, key=lambda entry: entry.number)

    def latest(self, most: int) -> list[Entry]:
        """Return the entries that were stored last, of all papers, oldest first."""
        with self._database.reading() as connection:
            last = select(entries.c.content, entries.c.number).order_by(entries.c.number.desc()).limit(most)
            wanted = connection.execute(last).all()
            rows = connection.execute(history_of(entries.c.content.in_({row.content for row in wanted}))).all()
        numbers = {row.number for row in wanted}
        found = [entry for _, history in by_content(rows) for entry in history if entry.number in numbers]
        return sorted(found, key=lambda entry: entry.number)

    def forget(self, paper_id: str) -> Forgotten:
        """Remove everything about the papers with this id (or content id); a keyed hash of each content stays.

        Their labels are refused from then on. Nothing happens when there is no such paper.
        """
        with self._database.writing() as connection:
            contents = list(connection.execute(contents_of(paper_id)).scalars())
            gone = connection.execute(delete(entries).where(entries.c.content.in_(contents)))
            if contents:
                key = read_about(connection).fingerprint_key
                marks = [{"fingerprint": fingerprint(key, content), "time": now()} for content in contents]
                connection.execute(insert(forgotten), marks)
        self._database.erase_leftovers()
        return Forgotten(len(contents), gone.rowcount)

    def is_forgotten(self, paper: Paper) -> bool:
        """Return whether the paper of this content was forgotten."""
        with self._database.reading() as connection:
            mark = fingerprint(read_about(connection).fingerprint_key, paper_content(paper))
            return connection.execute(select(forgotten).where(forgotten.c.fingerprint == mark)).first() is not None

    def counts(self) -> tuple[int, int]:
        """Return the number of papers in the history and of its entries."""
        with self._database.reading() as connection:
            query = select(func.count(entries.c.content.distinct()), func.count())
            papers, stored = connection.execute(query.select_from(entries)).one()
        return papers, stored

    def _histories(self) -> Iterator[list[Entry]]:
        """Yield the history of one paper after the other, in bounded memory."""
        rows = self._database.rows(select(entries).order_by(entries.c.content, entries.c.number))
        for _, history in by_content(rows):
            yield history

    def _refuse_forgotten(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        key = read_about(connection).fingerprint_key
        marks = {fingerprint(key, row["content"]): row["paper_id"] for row in rows}
        unchecked = sorted(marks)
        for start in range(0, len(unchecked), _MOST_IN_LIST):
            some = unchecked[start : start + _MOST_IN_LIST]
            query = select(forgotten.c.fingerprint).where(forgotten.c.fingerprint.in_(some))
            mark = connection.execute(query).scalars().first()
            if mark is not None:
                raise ForgottenPaperError(
                    f"The paper {marks[mark][:80]!r} was forgotten, so labels for it are not taken; leave it out."
                )


def _no_entry(number: int) -> str:
    return f"There is no label entry {number}; areatag feedback list and the history of a paper name the entries."


def _holds(history: Sequence[Entry], taxonomy: Taxonomy | None) -> LabelledPaper | None:
    """What holds for one paper, in the terms of a taxonomy where there is one."""
    if taxonomy is None:
        return merge(history)
    return merge([_translated(entry, taxonomy) for entry in history])


def _translated(entry: Entry, taxonomy: Taxonomy) -> Entry:
    """Each decision on its own: a later one may speak of a new area and an earlier one of what it replaces."""
    given = LabelledPaper(entry.paper, entry.areas, entry.rejected, entry.complete)
    label = translate(given, taxonomy, entry.time)
    return replace(entry, areas=label.areas, rejected=label.rejected, complete=label.complete)
