"""`areatag label` into records (JSON Lines, CSV, Parquet): to stdout, a pipe, or a file that a run can go on with."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from data.readers import ReadingPlace, read_papers
from serving.batch.chunks import chunk_records
from serving.batch.counts import Counts
from serving.batch.outputs import StreamOutput, is_stream
from serving.batch.partial import ResumableOutput, checkpoint_path, nothing_to_resume, records_done
from serving.batch.paths import default_rejected, describe_inputs
from serving.batch.writers import with_uris
from serving.cli.console import message, show_reject
from serving.cli.destinations import open_stream
from serving.cli.label_run import LabelRun, label_into

if TYPE_CHECKING:
    from model.tagger import Tagger


def label_records(run: LabelRun) -> Counts | None:
    """Read, tag and write; None: the output was complete before."""
    try:
        if run.resume and run.output and nothing_to_resume(run.output, run.rejected or default_rejected(run.output)):
            return None
        with ExitStack() as stack:
            place = ReadingPlace()
            records = read_papers(run.inputs, run.input_format, place)
            return label_into(lambda tagger: _open_output(run, tagger, stack), records, run, place)
    except (KeyboardInterrupt, SystemExit):
        # Wherever it was: what counts is whether a run was begun that can go on.
        done = None if run.output is None else records_done(run.output)
        if done is not None:
            message(f"Interrupted after {done} records: continue with --resume.")
        raise


def _open_output(run: LabelRun, tagger: Tagger, stack: ExitStack) -> StreamOutput | ResumableOutput | None:
    run = replace(run, options=with_uris(run.options, tagger.taxonomy))
    if run.output is None:
        stream: BinaryIO | FileIO = sys.stdout.buffer
    elif is_stream(run.output):
        stream = stack.enter_context(open_stream(run.output))
    else:
        file = stack.enter_context(_open_file(run, run.output, tagger))
        return None if file.complete else file  # another run has finished it meanwhile
    name = str(run.output or "stdout")
    return stack.enter_context(
        StreamOutput(stream, name, run.rejected, run.file_format, run.options, on_reject=show_reject)
    )


def _open_file(run: LabelRun, path: Path, tagger: Tagger) -> ResumableOutput:
    interrupted = checkpoint_path(path).exists()
    output = ResumableOutput(
        path,
        run.rejected or default_rejected(path),
        run.file_format,
        run.options,
        _fingerprint(run, tagger),
        resume=run.resume,
    )
    if interrupted and not run.resume:
        message(f"Starting over: --resume would have continued the interrupted run of {path}.")
    if run.resume and not interrupted and not output.complete:
        message(f"Nothing to resume for {path}: starting at the first paper.")
    return output


def _fingerprint(run: LabelRun, tagger: Tagger) -> dict[str, str]:
    """What a resumed run must have in common with the interrupted one for its output to be the same."""
    return {
        "the inputs": describe_inputs(run.inputs),
        "--input-format": str(run.input_format),
        "--format": run.file_format.value,
        "--rejected": str(run.rejected),
        "the options of labelling": f"{run.options} {chunk_records(run.options)}",
        # the digest, as another model may have the name
        "the model": f"{tagger.version} {tagger.artefact.digest} {tagger.taxonomy.fingerprint}",
        "--device": run.device.value,
    }
