"""`areatag feedback list`, `history` and `undo`: the entries of the label store, by number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import UsageError
from serving.cli.console import confirmed, message
from serving.cli.options import AlwaysJsonOption, AnnotatorOption

if TYPE_CHECKING:
    from data.label_store.records import Entry

LIST_HELP = """Print what holds for every labelled paper, as JSONL that `areatag train --labels` reads.

"entries" are the numbers of the decisions behind it: `areatag feedback undo NUMBER` withdraws one.

\b
Example:
  areatag feedback list > labelled.jsonl
"""
HISTORY_HELP = """Print every decision about a paper, also the withdrawn ones, as JSONL, the oldest first.

PAPER is the paper's id, or the content id that areatag gave it (sha1:...).

\b
Example:
  areatag feedback history 2401.00001
"""
UNDO_HELP = """Withdraw a label by the number of its entry; it stays in the history, and undoing that reinstates it.

Says whose label of which paper it is, and asks first where it is called on a terminal.

\b
Example:
  areatag feedback undo 17
"""


# Every command imports the store itself: help must not load SQLAlchemy.


def list_labels(as_json: AlwaysJsonOption = False) -> None:
    """Print the merged labels; `LIST_HELP` is what people read."""
    from data.label_store.store import LabelStore

    with LabelStore.open() as store:
        for label, entries in store.labels_with_entries():
            record = {
                "id": label.paper.id,
                "title": label.paper.title,
                "abstract": label.paper.abstract,
                "areas": label.areas,
                "not": label.rejected,
                "complete": label.complete,
                "entries": entries,
            }
            typer.echo(json.dumps(record, ensure_ascii=False))


def history(
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="Id or content id of the paper.")],
    as_json: AlwaysJsonOption = False,
) -> None:
    """Print the entries of a paper; `HISTORY_HELP` is what people read."""
    from data.label_store.store import LabelStore

    with LabelStore.open() as store:
        entries = store.history(paper)
    if not entries:
        raise UsageError(
            f"The label store has nothing about a paper {paper[:80]!r}; areatag feedback list prints the ids it knows."
        )
    for entry in entries:
        record = {
            "entry": entry.number,
            "time": entry.time,
            "id": entry.paper.id,
            "title": entry.paper.title,
            "areas": entry.areas,
            "not": entry.rejected,
            "complete": entry.complete,
            "annotator": entry.annotator,
            "model": entry.model,
            "undoes": entry.undoes,
            "withdrawn": entry.withdrawn,
        }
        typer.echo(json.dumps(record, ensure_ascii=False))


def undo(
    number: Annotated[
        int, typer.Argument(metavar="ENTRY", min=1, max=2**31 - 1, help="Number of the entry, from list or history.")
    ],
    annotator: AnnotatorOption = "",
) -> None:
    """Withdraw an entry; `UNDO_HELP` is what people read."""
    from data.label_store.store import LabelStore

    with LabelStore.open() as store:
        message(_described(store.entry(number)))
        if not confirmed("Withdraw it?"):
            message("Nothing was withdrawn.")
            return
        withdrawal = store.undo(number, annotator)
    message(f"Entry {number} is withdrawn; areatag feedback undo {withdrawal} would reinstate it.")


def _described(entry: Entry) -> str:
    """Whose decision about which paper an entry is, and what it says."""
    by = f" by {entry.annotator}" if entry.annotator else ""
    paper = f"the paper {entry.paper.title or entry.paper.abstract[:60]!r} ({entry.paper.id})"
    where = f"Entry {entry.number}{by} of {entry.time[:10]}"
    if entry.undoes is not None:
        return f"{where} withdrew entry {entry.undoes} of {paper}."
    said = ", ".join(entry.areas) or ("no area" if entry.complete else "")
    without = f"not {', '.join(entry.rejected)}" if entry.rejected else ""
    others = "and no other area" if entry.complete and entry.areas else ""
    return f"{where}, {paper}: {'; '.join(part for part in (said, without, others) if part)}."
