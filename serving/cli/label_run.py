"""One run of `areatag label`: its command line, and what it does whatever its output is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import AreatagError
from data.papers import Paper, Reject
from data.readers import InputFormat, ReadingPlace
from data.tagged_papers import cached_papers_limit
from model.runtimes.cores import usable_cores
from model.runtimes.registry import Device
from model.tags import TagOptions
from serving.batch.counts import Counts
from serving.batch.writers import OutputFormat
from serving.cli.console import labelling_progress, message
from serving.tagging.curated import curated

if TYPE_CHECKING:
    from model.tagger import Tagger
    from serving.batch.label import Output


@dataclass(frozen=True, slots=True)
class KeywordOptions:
    """How areas are written into references."""

    prefix: str = ""
    """Of our keywords; earlier ones with it are replaced."""
    hierarchy: bool = False
    """Name the field before the area."""

    @property
    def given(self) -> bool:
        """Whether the user asked for something."""
        return bool(self.prefix or self.hierarchy)


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
    keywords: KeywordOptions = field(default_factory=KeywordOptions)


def label_into(
    open_output: Callable[[Tagger], Output | None],
    records: Iterator[Paper | Reject],
    run: LabelRun,
    place: ReadingPlace | None = None,
) -> Counts | None:
    """Tag the records and write them; the output is complete when this returns.

    Args:
        open_output: makes the output for the tagger that answers; None: it is complete already.
        records: of the inputs; a missing or empty input is found here, before the model is loaded.
        run: whose options hold.
        place: of the records in the inputs, to say how long the run will take.

    Returns:
        The counts of the whole run; None where the output was complete.

    Raises:
        AreatagError: there are no records, or the work failed.
    """
    cache_limit = cached_papers_limit()
    first = next(records, None)
    if first is None:
        raise AreatagError(f"Found no papers in {', '.join(run.inputs)}: nothing to label.")
    # Only here, after all that can be wrong with the command line: loading takes the longest.
    from model.tagger import Tagger
    from serving.batch.label import label_papers

    cores = usable_cores()
    model = Tagger.load(run.model, device=run.device.value, threads=cores, streams=cores)
    output = open_output(model)
    if output is None:
        return None
    if output.finished:
        output.finish()
        return output.counts
    on_terminal = run.output is None and sys.stdout.isatty()
    with curated(model, model.taxonomy, cache_limit) as tagger:
        with labelling_progress(start=output.counts.read, to_terminal=on_terminal, place=place) as show:
            counts = label_papers(
                chain([first], records), tagger, run.options, output, strict=run.strict, on_progress=show
            )
        output.finish()
    if tagger.problem is not None:
        message(f"The papers are labelled and not kept for retraining. {tagger.problem}")
    return counts
