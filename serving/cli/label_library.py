"""`areatag label` into references: the BibTeX, RIS or CSL-JSON of the input again, with the areas as keywords."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from data.writers import KeywordFormat, open_library
from serving.batch.counts import Counts
from serving.batch.written_back import KeywordOutput, area_names
from serving.cli.destinations import rejects_to, results_to
from serving.cli.label_run import LabelRun, label_into

if TYPE_CHECKING:
    from model.tagger import Tagger


def label_library(run: LabelRun) -> Counts | None:
    """Write the entries of the input again, with the areas as keywords."""
    file_format = KeywordFormat(run.file_format.value)
    with ExitStack() as stack:
        opened = open_library(run.inputs, file_format, run.input_format, run.keywords.prefix)
        library = stack.enter_context(opened)

        def open_output(tagger: Tagger) -> KeywordOutput:
            write, write_rejects = results_to(run.output, stack), stack.enter_context(rejects_to(run.rejected))
            return KeywordOutput(
                library, write, area_names(tagger.taxonomy, hierarchy=run.keywords.hierarchy), write_rejects
            )

        return label_into(open_output, library.records(), run)
