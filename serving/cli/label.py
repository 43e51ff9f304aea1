"""`areatag label`: tag the papers of files, folders or stdin."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import FileIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from data.errors import AreatagError, UsageError
from data.papers import Paper, Reject
from data.readers import InputFormat, read_papers
from data.tagged_papers import cached_papers_limit
from data.writers import KeywordFormat, open_library
from model.runtimes.registry import Device
from model.tags import TagOptions
from serving.batch.label import Counts, chunk_records, describe_reject, label_papers
from serving.batch.outputs import StreamOutput, is_stream
from serving.batch.partial import ResumableOutput, checkpoint_path, nothing_to_resume, records_done
from serving.batch.paths import STDIN, check_paths, default_rejected, describe_inputs
from serving.batch.writers import GIVEN_BACK, OutputFormat, choose_format, encode_rejects
from serving.batch.written_back import KeywordOutput, area_names
from serving.cli.console import labelling_progress, message
from serving.cli.options import (
    DeviceOption,
    InputFormatOption,
    InputsArgument,
    ModelOption,
    RejectedOption,
    StrictOption,
)
from serving.cli.papers import results_to
from serving.tagging.confirmed import confirming
from serving.tagging.tagged_cache import KeepingTagger

if TYPE_CHECKING:
    from model.tagger import Tagger

HELP = """Tag papers with research areas.

Reads JSON, JSONL, CSV/TSV, Parquet, BibTeX, RIS, NBIB, EndNote, Web of Science, XML of several sources and saved
"Daily Papers" pages, also compressed or in a .zip, from files, folders, or - for stdin. One record a paper, in
input order. Records that are no papers go to the rejected file with file, line and reason. Areas that a curator
confirmed come first and are marked:
"confirmed": true in JSONL; the column "confirmed" of CSV and Parquet has their ids. An output of the input's own
kind (.bib, .ris, CSL-JSON) is the input again, with the areas added to the keywords of its entries.

\b
Examples:
  areatag label papers.jsonl -o labels.jsonl
  zcat papers.jsonl.gz | areatag label - --format csv --top-k 3 > labels.csv
  areatag label lake/ -o labels.parquet --resume
  areatag label refs.bib -o tagged.bib --keyword-prefix "area: "
"""


@dataclass(frozen=True, slots=True)
class LabelRun:
    """The command line of one run, checked."""

    inputs: tuple[str, ...]
    input_format: InputFormat | None
    output: Path | None
    """None: stdout."""
    rejected: Path | None
    """None: stderr."""
    file_format: OutputFormat
    options: TagOptions
    model: str | None
    device: Device
    resume: bool
    strict: bool
    keyword_prefix: str = ""
    keyword_hierarchy: bool = False


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("label", help=HELP)(label)


def label(
    inputs: InputsArgument,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT", help="File for the labels; its suffix may say the format."),
    ] = None,
    file_format: Annotated[OutputFormat | None, typer.Option("--format", help="Format of the labels.")] = None,
    rejected: RejectedOption = None,
    top_k: Annotated[int | None, typer.Option("--top-k", min=1, help="Keep at most this many areas a paper.")] = None,
    threshold: Annotated[
        float | None,
        typer.Option("--threshold", min=0.0, max=1.0, help="Probability that replaces every area's own threshold."),
    ] = None,
    all_scores: Annotated[
        bool, typer.Option("--all-scores", help="Add the probability of every area to the record.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add the sentences each area rests on (many times slower).")
    ] = False,
    model: ModelOption = None,
    device: DeviceOption = Device.AUTO,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted run of the same command.")] = False,
    strict: StrictOption = False,
    input_format: InputFormatOption = None,
    keyword_prefix: Annotated[
        str, typer.Option("--keyword-prefix", metavar="TEXT", help="Begin our keywords so, and replace earlier ones.")
    ] = "",
    keyword_hierarchy: Annotated[
        bool, typer.Option("--keyword-hierarchy", help='Write keywords as "Field > Area", as JabRef\'s groups.')
    ] = False,
) -> None:
    """Check the options and label; `HELP` is what people read."""
    if threshold is not None and math.isnan(threshold):
        raise UsageError("--threshold must be a number from 0 to 1, not nan.")
    if output == Path(STDIN):
        output = None
    if rejected is None and output is not None and not is_stream(output):
        rejected = default_rejected(output)
    run = LabelRun(
        inputs=tuple(inputs),
        input_format=input_format,
        output=output,
        rejected=rejected,
        file_format=choose_format(output, file_format),
        options=TagOptions(top_k=top_k, threshold=threshold, all_scores=all_scores, explain=explain),
        model=model,
        device=device,
        resume=resume,
        strict=strict,
        keyword_prefix=keyword_prefix,
        keyword_hierarchy=keyword_hierarchy,
    )
    _check(run)
    counts = _label(run)
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
    if not given_back and (run.keyword_prefix or run.keyword_hierarchy):
        raise UsageError("Keywords need an output of references: name it OUT.bib or OUT.ris, or say --format csl-json.")
    check_paths(run.inputs, run.output, run.rejected)


def _label(run: LabelRun) -> Counts | None:
    """Read, tag and write; the output is complete when this returns. None: it was complete before."""
    if run.file_format in GIVEN_BACK:
        return _give_back(run)
    try:
        if run.resume and run.output and nothing_to_resume(run.output, run.rejected or default_rejected(run.output)):
            return None
        return _read_and_label(run)
    except KeyboardInterrupt:
        # Wherever it was: what counts is whether a run was begun that can go on.
        done = None if run.output is None else records_done(run.output)
        if done is not None:
            message(f"Interrupted after {done} records: continue with --resume.")
        raise


def _read_and_label(run: LabelRun) -> Counts | None:
    cache_limit = cached_papers_limit()
    records = _read(run)
    # Only here, after all that can be wrong with the command line: loading takes the longest.
    from model.tagger import Tagger

    tagger = Tagger.load(run.model, device=run.device.value)
    with ExitStack() as stack:
        output = _open_output(run, tagger, stack)
        stack.enter_context(output)
        if isinstance(output, ResumableOutput) and output.complete:  # another run has finished it meanwhile
            return None
        kept = KeepingTagger(stack.enter_context(confirming(tagger, tagger.taxonomy)), cache_limit)
        return _label_into(output, run, records, kept)


def _give_back(run: LabelRun) -> Counts:
    """Write the entries of the input again, with the areas as keywords."""
    cache_limit = cached_papers_limit()
    file_format = KeywordFormat(run.file_format.value)
    with ExitStack() as stack:
        opened = open_library(run.inputs, file_format, run.input_format, run.keyword_prefix)
        library = stack.enter_context(opened)
        records = _some(library.records(), run)
        from model.tagger import Tagger

        tagger = Tagger.load(run.model, device=run.device.value)
        kept = KeepingTagger(stack.enter_context(confirming(tagger, tagger.taxonomy)), cache_limit)
        keywords_of = area_names(tagger.taxonomy, hierarchy=run.keyword_hierarchy)
        write = results_to(run.output, stack)
        output = KeywordOutput(library, write, keywords_of, _reject_writer(run, stack))
        with labelling_progress(start=0, to_terminal=run.output is None and sys.stdout.isatty()) as show:
            counts = label_papers(records, kept, run.options, output, strict=run.strict, on_progress=show)
        output.finish()
    if kept.problem is not None:
        message(f"The papers are labelled and not kept for retraining. {kept.problem}")
    return counts


def _reject_writer(run: LabelRun, stack: ExitStack) -> Callable[[Sequence[Reject]], None]:
    """Return what takes rejects: the rejected file, which is there only if there are some, or stderr."""
    path = run.rejected
    if path is not None:
        path.unlink(missing_ok=True)
    files: list[Callable[[bytes], object]] = []

    def write(rejects: Sequence[Reject]) -> None:
        if path is None:
            for reject in rejects:
                message(f"Rejected {describe_reject(reject)}")
        elif rejects:
            if not files:
                files.append(results_to(path, stack))
            files[0](encode_rejects(rejects))

    return write


def _label_into(
    output: StreamOutput | ResumableOutput, run: LabelRun, records: Iterator[Paper | Reject], tagger: KeepingTagger
) -> Counts:
    if isinstance(output, ResumableOutput) and output.finished:
        output.finish()
        return output.counts
    on_terminal = run.output is None and sys.stdout.isatty()
    with labelling_progress(start=output.counts.read, to_terminal=on_terminal) as show:
        counts = label_papers(records, tagger, run.options, output, strict=run.strict, on_progress=show)
    output.finish()
    if tagger.problem is not None:
        message(f"The papers are labelled and not kept for retraining. {tagger.problem}")
    return counts


def _read(run: LabelRun) -> Iterator[Paper | Reject]:
    """The records of all inputs; a missing or empty input is found here, before the model is loaded."""
    return _some(read_papers(run.inputs, run.input_format), run)


def _some(records: Iterator[Paper | Reject], run: LabelRun) -> Iterator[Paper | Reject]:
    """Return the records, of which there must be one."""
    first = next(records, None)
    if first is None:
        raise AreatagError(f"Found no papers in {', '.join(run.inputs)}: nothing to label.")
    return chain([first], records)


def _open_output(run: LabelRun, tagger: Tagger, stack: ExitStack) -> StreamOutput | ResumableOutput:
    if run.output is None:
        stream: BinaryIO | FileIO = sys.stdout.buffer
    elif is_stream(run.output):
        # Without a buffer: closing would try again to write what a full device did not take.
        stream = stack.enter_context(run.output.open("wb", buffering=0))
    else:
        return _open_file(run, run.output, tagger)
    return StreamOutput(
        stream,
        str(run.output or "stdout"),
        run.rejected,
        run.file_format,
        run.options,
        on_reject=lambda reject: message(f"Rejected {describe_reject(reject)}"),
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


def _report(run: LabelRun, counts: Counts) -> None:
    if counts.repeated:
        message(f"Papers with the id of an earlier paper, labelled with a warning: {counts.repeated}")
    if counts.rejected and run.rejected is not None:
        message(f"Rejected records and reasons: {run.rejected}")
    message(counts.summary())
    if not counts.labelled:
        where = f"see {run.rejected}" if run.rejected is not None else "see above"
        raise AreatagError(f"None of the {counts.read} records could be labelled: {where}.")
