"""`areatag feedback`: what curators decided about papers, in files and as a store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import AreatagError
from serving.cli import feedback_entries
from serving.cli.console import message, show_reject
from serving.cli.options import AlwaysJsonOption, AnnotatorOption, JsonOption

if TYPE_CHECKING:
    from data.label_store.upkeep import StoreReport
    from data.taxonomy import Taxonomy

_MOST_PROBLEMS = 20
"""Problems that are shown; the others are counted."""

GROUP_HELP = """Store and see what curators decided about papers.

\b
Example:
  areatag feedback import corrections.jsonl
"""
IMPORT_HELP = """Store the labels of a file: JSONL, JSON, CSV, TSV or Parquet.

A record is {"id", "title", "abstract", "areas": [ids or names]}; in a table the column areas has them with ; between.
"not" lists areas that do not apply, "complete": false says that the areas which are not named stay open, "annotator"
says who decided. A bad record is rejected with its line and the rest goes on.

What areatag label wrote is taken too, as corrected by a curator: the areas that are left in it apply and no others,
whatever their scores. So delete wrong areas, add missing ones, and leave out what nobody has looked at. It has no
abstracts, without which the labels are not found when the papers are tagged again: name the papers with --papers.

\b
Examples:
  areatag feedback import corrections.jsonl --annotator ada
  areatag feedback import corrected.csv --papers papers.jsonl
"""
CONFLICTS_HELP = """Print the areas on which annotators disagree, as JSONL.

\b
Example:
  areatag feedback conflicts
"""
BACKUP_HELP = """Copy the label store to a file: its state at one moment, while others go on using it.

The copy is checked; a file that is there is replaced with --replace alone, and only by a copy that is whole. It is a
label store itself: to look into it, name it in AREATAG_LABEL_STORE; to restore it, stop what uses the store, remove
labels.db, labels.db-wal and labels.db-shm, and copy the backup to labels.db. A store in PostgreSQL is backed up with
pg_dump.

\b
Example:
  areatag feedback backup labels-monday.db --replace
"""
CHECK_HELP = """Read the whole label store, count what it holds and say what is damaged; if anything is, exit status 1.

\b
Examples:
  areatag feedback check
  areatag feedback check --json
  AREATAG_LABEL_STORE=sqlite:///labels-monday.db areatag feedback check
"""


def register(app: typer.Typer) -> None:
    """Add the group of commands to ``app``."""
    group = typer.Typer(help=GROUP_HELP, rich_markup_mode=None, no_args_is_help=True)
    group.command("import", help=IMPORT_HELP)(import_file)
    group.command("list", help=feedback_entries.LIST_HELP)(feedback_entries.list_labels)
    group.command("history", help=feedback_entries.HISTORY_HELP)(feedback_entries.history)
    group.command("conflicts", help=CONFLICTS_HELP)(list_conflicts)
    group.command("undo", help=feedback_entries.UNDO_HELP)(feedback_entries.undo)
    group.command("backup", help=BACKUP_HELP)(backup)
    group.command("check", help=CHECK_HELP)(check)
    app.add_typer(group, name="feedback")


# Every command imports the store itself: help must not load SQLAlchemy.


def import_file(
    file: Annotated[str, typer.Argument(metavar="FILE", help="File of labels; - for stdin.")],
    annotator: AnnotatorOption = "",
    papers: Annotated[
        list[str] | None,
        typer.Option(
            "--papers", metavar="INPUT", help="Papers of labels without abstract, found by id; may be repeated."
        ),
    ] = None,
    taxonomy: Annotated[
        Path | None,
        typer.Option(
            "--taxonomy",
            metavar="FILE",
            help="Taxonomy of the areas.  [default: that of the active model]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Store a file of labels; `IMPORT_HELP` is what people read."""
    from data.label_store.importing import import_labels
    from data.label_store.store import LabelStore

    areas = _taxonomy(taxonomy)
    with LabelStore.open() as store:
        counts = import_labels(file, areas, store, annotator, show_reject, papers or ())
    if counts.entries:
        message(f"{_numbers(counts.entries)}; areatag feedback undo NUMBER withdraws one.")
    message(counts.summary())
    if not counts.stored:
        raise AreatagError(f"None of the {counts.read} records of {file} could be stored: see above.")


def _numbers(entries: Sequence[int]) -> str:
    """Entry numbers for people; other writers may have taken numbers between them."""
    runs: list[list[int]] = []
    for number in entries:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    named = ", ".join(" to ".join(map(str, run)) for run in runs)
    return f"Stored as {'entry' if len(entries) == 1 else 'entries'} {named}"


def _taxonomy(path: Path | None) -> Taxonomy:
    from data.taxonomy_file import load_taxonomy

    if path is not None:
        return load_taxonomy(path)
    from model.artefact import Artefact
    from model.versions import resolve_model

    return Artefact.open(resolve_model(None), verify=False).taxonomy


def list_conflicts(as_json: AlwaysJsonOption = False) -> None:
    """Print the disagreements; `CONFLICTS_HELP` is what people read."""
    from data.label_store.store import LabelStore

    with LabelStore.open() as store:
        conflicts = store.conflicts()
    for conflict in conflicts:
        record = {
            "id": conflict.paper.id,
            "title": conflict.paper.title,
            "area": conflict.area,
            "accepted_by": conflict.accepted_by,
            "rejected_by": conflict.rejected_by,
            "applies": conflict.applies,
        }
        typer.echo(json.dumps(record, ensure_ascii=False))
    message(f"Areas in conflict: {len(conflicts)}")


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace the file if it is there.")] = False,
) -> None:
    """Copy the store; `BACKUP_HELP` is what people read."""
    from data.label_store.upkeep import back_up

    report = back_up(file, replace=replace)
    message(f"Wrote {file}: {_counts(report)}")


def check(as_json: JsonOption = False) -> None:
    """Look whether the store is whole; `CHECK_HELP` is what people read."""
    from data.label_store.upkeep import check_store

    report = check_store()
    for problem in report.problems[:_MOST_PROBLEMS]:
        message(problem)
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False, indent=1))
    else:
        typer.echo(f"{report.place}: {_counts(report)}, problems {len(report.problems)}")
    if report.problems:
        raise AreatagError(
            f"The label store {report.place} is damaged; restore it from a backup, or keep what areatag feedback list "
            "still prints."
        )


def _counts(report: StoreReport) -> str:
    return f"papers {report.papers}, entries {report.entries}, forgotten papers {report.forgotten}"
