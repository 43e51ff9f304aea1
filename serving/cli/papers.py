"""`areatag papers`: the papers of files, folders or stdin, as the tagger will see them."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import BinaryIO

import typer

from data.atomic import atomic_write
from data.errors import AreatagError, UsageError
from data.papers import Paper, Reject
from data.readers import read_papers
from serving.batch.label import Counts, describe_reject, stop_at_reject
from serving.batch.outputs import is_stream
from serving.batch.paths import STDIN, check_paths, default_rejected
from serving.batch.writers import OutputFormat, choose_format, encode_rejects, is_gzip
from serving.cli.console import message, stage_progress
from serving.cli.options import InputFormatOption, InputsArgument, OutputOption, RejectedOption, StrictOption

HELP = """Show the papers of any input as the tagger will see them.

Writes one JSON object a line: id, title, abstract, and categories, date and venue where they are known. Records
that are no papers go to the rejected file with file, line and reason, as with `areatag label`. The way to check
an import before it is labelled, and to convert between formats.

\b
Examples:
  areatag papers export.bib | head -3
  areatag papers lake/ -o papers.jsonl
"""

_PROGRESS_RECORDS = 500
"""Records between two changes of the progress line."""

Write = Callable[[bytes], object]


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
    if output == Path(STDIN):
        output = None
    if choose_format(output, None) is not OutputFormat.JSONL:
        raise UsageError(f"Papers are written as JSON Lines, not as {output}: name the file OUT.jsonl.")
    if rejected is None and output is not None and not is_stream(output):
        rejected = default_rejected(output)
    check_paths(inputs, output, rejected)
    records: Iterator[Paper | Reject] = read_papers(inputs, input_format)
    with ExitStack() as stack:
        counts = _write(stop_at_reject(records) if strict else records, results_to(output, stack), rejected, stack)
    if counts.rejected and rejected is not None:
        message(f"Rejected records and reasons: {rejected}")
    message(f"read {counts.read} = papers {counts.labelled} + rejected {counts.rejected}")
    if not counts.labelled:
        raise AreatagError(f"Found no papers in {', '.join(inputs)}: check what the input holds.")


def results_to(output: Path | None, stack: ExitStack) -> Write:
    """Return the function that writes to where results go: stdout, a pipe, or a file that appears when complete."""
    if output is None:
        return sys.stdout.buffer.write
    stream: BinaryIO | FileIO
    if is_stream(output):
        # without a buffer: closing would try again to write what a full device did not take
        stream = stack.enter_context(output.open("wb", buffering=0))
    else:
        stream = stack.enter_context(atomic_write(output))
        if is_gzip(output):
            return stack.enter_context(gzip.GzipFile(fileobj=stream, mode="wb", mtime=0)).write
    return stream.write


def _write(records: Iterator[Paper | Reject], write: Write, rejected: Path | None, stack: ExitStack) -> Counts:
    counts = Counts()
    write_reject: Write | None = None
    with stage_progress() as show:
        for record in records:
            if isinstance(record, Paper):
                write(_json_line(record))
                counts = replace(counts, read=counts.read + 1, labelled=counts.labelled + 1)
            else:
                counts = replace(counts, read=counts.read + 1, rejected=counts.rejected + 1)
                if rejected is None:
                    message(f"Rejected {describe_reject(record)}")
                else:
                    write_reject = write_reject or stack.enter_context(atomic_write(rejected)).write
                    write_reject(encode_rejects([record]))
            if counts.read % _PROGRESS_RECORDS == 0:
                show("Reading", counts.read, 0)
    if rejected is not None and not counts.rejected:
        rejected.unlink(missing_ok=True)
    return counts


def _json_line(paper: Paper) -> bytes:
    record: dict[str, object] = {"id": paper.id, "title": paper.title, "abstract": paper.abstract}
    optional = {"categories": list(paper.categories), "date": paper.date, "venue": paper.venue}
    record.update({name: value for name, value in optional.items() if value})
    return (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "replace")
