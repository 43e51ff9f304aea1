"""`areatag guide`: a labelling guide for annotators."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.atomic import atomic_text
from data.errors import AreatagError
from model.runtimes.registry import Device
from serving.cli.console import message, show_reject, stage_progress
from serving.cli.options import DeviceOption, InputFormatOption, ModelOption

if TYPE_CHECKING:
    from data.taxonomy import Taxonomy
    from model.tagger import Tagger
    from training.curation.candidate_pool import Candidate
    from training.curation.guide import GuideWriter

HELP = """Write a labelling guide: for each area its definition, typical papers, and how to tell it from its siblings.

The papers come with soft labels (from weak-label), which are believed; of other papers the model says what they are
about. Without any input the labels of the label store are used.

\b
Examples:
  areatag guide soft.parquet -o guide.md
  areatag guide papers.jsonl --model my-model -o guide.md
"""
_BATCH = 64


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("guide", help=HELP)(guide)


def guide(
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="[INPUT]...", help="Papers or soft labels; - for stdin.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT.md", help="File for the guide.")] = None,
    pool: Annotated[int, typer.Option("--pool", min=1, help="Most papers that the model looks at.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the sample, where there are more.")] = 1,
    model: ModelOption = None,
    device: DeviceOption = Device.AUTO,
    input_format: InputFormatOption = None,
) -> None:
    """Collect the papers and write; `HELP` is what people read."""
    from model.tagger import Tagger  # loading it takes long, so it is not done for help
    from training.curation.given_candidates import candidates_in
    from training.curation.guide import GuideWriter

    tagger = Tagger.load(model, device=device.value)
    writer = GuideWriter(tagger.taxonomy)
    if inputs:
        candidates = candidates_in(inputs, tagger.taxonomy, input_format, show_reject)
        _add_papers(writer, candidates, tagger, pool, seed)
    else:
        _add_labels(writer, tagger.taxonomy)
    if not writer.papers:
        raise AreatagError("There is no paper to make a guide from; give papers or soft labels, or store labels first.")
    lines = (f"{line}\n" for line in writer.markdown())
    if output is None:
        typer.echo("".join(lines), nl=False)
    else:
        with atomic_text(output) as stream:
            stream.writelines(lines)
    if missing := writer.areas_without_papers():
        message(f"Areas without a typical paper: {len(missing)} of {len(tagger.taxonomy.areas)}")


def _add_papers(writer: GuideWriter, candidates: Iterator[Candidate], tagger: Tagger, size: int, seed: int) -> None:
    """Soft-labelled papers as they come; of the others a sample, which the model looks at."""
    from training.curation.candidate_pool import collect_pool
    from training.curation.guide import add_all

    def unlabelled() -> Iterator[Candidate]:
        for candidate in candidates:
            if candidate.votes is None:
                yield candidate
            else:
                writer.add(candidate.paper, candidate.votes)

    pool = collect_pool(unlabelled(), frozenset(), size, seed)
    if pool.passed_over:
        message(f"The model looks at {len(pool.candidates):,} of the {pool.read:,} papers; --pool N looks at more.")
    papers = (candidate.paper for candidate in pool.candidates)
    with stage_progress() as show:
        for number in range(math.ceil(len(pool.candidates) / _BATCH)):
            batch = list(islice(papers, _BATCH))
            add_all(writer, batch, tagger.probabilities(batch))
            show("Looking at papers", number * _BATCH + len(batch), len(pool.candidates))


def _add_labels(writer: GuideWriter, taxonomy: Taxonomy) -> None:
    from data.label_matrix import area_targets
    from training.curation.guide import add_all
    from training.curation.stored_candidates import stored_labels

    labelled = stored_labels(taxonomy)
    add_all(writer, [label.paper for label in labelled], area_targets(labelled, taxonomy))
