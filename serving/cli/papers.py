"""`areatag papers`: the papers of files, folders or stdin, as the tagger will see them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import typer

from data.errors import AreatagError, UsageError
from data.papers import Paper, Reject
from data.readers import read_papers
from serving.batch.counts import Counts
from serving.batch.paths import check_paths
from serving.batch.rejects import stop_at_reject
from serving.batch.writers import OutputFormat, choose_format
from serving.cli.console import message, stage_progress
from serving.cli.destinations import Write, rejects_to, resolve_destinations, results_to
from serving.cli.options import InputFormatOption, InputsArgument, OutputOption, RejectedOption, StrictOption

HELP = """Show the papers of any input as the tagger will see them.

Writes one JSON object a line: id, title, abstract, and categories, date and venue where they are known. Records
that are no papers go to the rejected file with file, line and reason, as with `areatag label`. A paper that was cut
says so in warnings. The way to check an import before it is labelled, and to convert between formats.

\b
Examples:
  areatag papers export.bib | head -3
  areatag papers lake/ -o papers.jsonl
"""

_PROGRESS_RECORDS = 500
"""Records between two changes of the progress line."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("papers", help=HELP)(papers)


def papers(
    inputs: InputsArgument,
    output: OutputOption = None,
    rejected: RejectedOption = None,
    strict: StrictOption = False,
    input_format: InputFormatOption = None,
) -> None:
    """Check the paths and write the papers; `HELP` is what people read."""
    output, rejected = resolve_destinations(output, rejected)
    if choose_format(output, None) is not OutputFormat.JSONL:
        raise UsageError(f"Papers are written as JSON Lines, not as {output}: name the file OUT.jsonl.")
    check_paths(inputs, output, rejected)
    records: Iterator[Paper | Reject] = read_papers(inputs, input_format)
    with ExitStack() as stack:
        write, take_rejects = results_to(output, stack), stack.enter_context(rejects_to(rejected))
        counts = _write(stop_at_reject(records) if strict else records, write, take_rejects)
    if counts.rejected and rejected is not None:
        message(f"Rejected records and reasons: {rejected}")
    message(f"read {counts.read} = papers {counts.labelled} + rejected {counts.rejected}")
    if not counts.labelled:
        raise AreatagError(f"Found no papers in {', '.join(inputs)}: check what the input holds.")


def _write(records: Iterator[Paper | Reject], write: Write, take_rejects: Callable[[list[Reject]], None]) -> Counts:
    counts = Counts()
    with stage_progress() as show:
        for record in records:
            if isinstance(record, Paper):
                write(_json_line(record))
                counts = replace(counts, read=counts.read + 1, labelled=counts.labelled + 1)
            else:
                take_rejects([record])
                counts = replace(counts, read=counts.read + 1, rejected=counts.rejected + 1)
            if counts.read % _PROGRESS_RECORDS == 0:
                show("Reading", counts.read, 0)
    return counts


def _json_line(paper: Paper) -> bytes:
    return (json.dumps(paper.to_record(), ensure_ascii=False) + "\n").encode("utf-8", "replace")
