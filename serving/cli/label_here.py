"""`areatag label` with the local engine: the papers of files, folders or stdin, on this machine."""

from __future__ import annotations

from data.errors import AreatagError, UsageError
from serving.batch.counts import Counts
from serving.batch.outputs import is_stream
from serving.batch.paths import STDIN, check_paths
from serving.batch.termination import ends_on_sigterm
from serving.batch.writers import GIVEN_BACK
from serving.cli.console import message, show_counts
from serving.cli.label_library import label_library
from serving.cli.label_records import label_records
from serving.cli.label_run import LabelRun


def label_here(run: LabelRun) -> None:
    """Label all papers; say what was rejected and how many there were.

    Raises:
        UsageError: options that do not go together, or files that cannot be read or written.
        AreatagError: the work failed, or no record could be labelled.
    """
    _check(run)
    with ends_on_sigterm():
        counts = label_library(run) if run.file_format in GIVEN_BACK else label_records(run)
    if counts is None:
        message(f"{run.output} is complete: there is nothing to resume. To label again, leave --resume out.")
    else:
        _report(run, counts)


def _check(run: LabelRun) -> None:
    if run.resume and (run.output is None or is_stream(run.output)):
        raise UsageError("--resume needs a file to continue: name it with -o OUT.")
    if run.resume and STDIN in run.inputs:
        raise UsageError("--resume cannot read stdin a second time: name the input files.")
    given_back = run.file_format in GIVEN_BACK
    if given_back and (run.resume or run.options.all_scores or run.options.explain):
        raise UsageError(f"--resume, --all-scores and --explain do not go with the format {run.file_format.value}.")
    if not given_back and run.keywords.given:
        raise UsageError("Keywords need an output of references: name it OUT.bib or OUT.ris, or say --format csl-json.")
    check_paths(run.inputs, run.output, run.rejected)


def _report(run: LabelRun, counts: Counts) -> None:
    if counts.rejected and run.rejected is not None:
        message(f"Rejected records and reasons: {run.rejected}")
    show_counts(counts, run.options)
    if not counts.labelled:
        where = f"see {run.rejected}" if run.rejected is not None else "see above"
        raise AreatagError(f"None of the {counts.read} records could be labelled: {where}.")
