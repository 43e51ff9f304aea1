"""`areatag review`: what to label next, and which labels are probably wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from data.atomic import atomic_text
from data.errors import AreatagError, UsageError
from data.readers import InputFormat
from model.runtimes.registry import Device
from serving.cli.console import message, show_reject, stage_progress
from serving.cli.options import DeviceOption, InputFormatOption, ModelOption, training_packages

if TYPE_CHECKING:
    from data.labels import LabelledPaper
    from data.papers import Paper
    from model.tagger import FloatArray, Tagger
    from training.curation.label_checks import LabelCheck
    from training.curation.label_errors import SuspectedError
    from training.curation.queue import ReviewItem

POOL = 2000
HELP = """Choose the papers to label next.

Among the papers given (files, folders, or soft labels from weak-label; without any, the tagged papers that
AREATAG_CACHE_PAPERS=N keeps and those with an incomplete label) it draws some by chance: every area has its share,
less what is labelled already, and papers of which the model is unsure, or on which it disagrees with the votes, are
drawn sooner. Left out are papers with a complete label, with little text, not in English, or of which the model has
no idea. A line of --json with "areas" (and "not") added is a label for areatag feedback import.

--format label-studio prints the papers as tasks for Label Studio, with the model's areas as predictions;
--labelling-config writes the configuration of their project. areatag feedback import takes what Label Studio exports.

With --errors it lists labels that are probably wrong instead: those of the label store, or of a file (--labels).

\b
Examples:
  areatag review papers.jsonl -n 50 --json > to-label.jsonl
  areatag review soft.parquet -n 20
  areatag review papers.jsonl --format label-studio -o tasks.json --labelling-config config.xml
  areatag review --errors --labels gold.jsonl
"""


class ReviewFormat(StrEnum):
    """What else than text the queue is printed as."""

    JSONL = "jsonl"
    LABEL_STUDIO = "label-studio"


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("review", help=HELP)(review)


def review(
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="[INPUT]...", help="Papers or soft labels; - for stdin.")
    ] = None,
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="Most papers, or most suspected errors.")] = 20,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT", help="File for the result, JSON Lines or tasks.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines instead of text.")] = False,
    output_format: Annotated[
        ReviewFormat | None,
        typer.Option("--format", help="jsonl, as --json, or tasks of Label Studio; text if left out, JSONL with -o."),
    ] = None,
    labelling_config: Annotated[
        Path | None,
        typer.Option(
            "--labelling-config", metavar="OUT.xml", help="Also write Label Studio's labelling configuration."
        ),
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="List labels that are probably wrong.")] = False,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="GOLD.jsonl", help="Labels besides the store's: left out, or to be checked."),
    ] = None,
    pool: Annotated[
        int, typer.Option("--pool", min=1, help="Most papers that the model looks at, a sample of those given.")
    ] = POOL,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of that sample.")] = 1,
    model: ModelOption = None,
    device: DeviceOption = Device.AUTO,
    input_format: InputFormatOption = None,
) -> None:
    """Check the options and review; `HELP` is what people read."""
    if errors and inputs:
        raise UsageError("--errors checks labels, not papers: name a file of labels with --labels, or none.")
    for_label_studio = output_format is ReviewFormat.LABEL_STUDIO
    if for_label_studio and (errors or as_json):
        raise UsageError("--format label-studio prints papers to label as tasks: leave out --errors and --json.")
    if labelling_config and not for_label_studio:
        raise UsageError("--labelling-config goes with --format label-studio.")
    from model.tagger import Tagger  # loading it takes long, so it is not done for help

    tagger = Tagger.load(model, device=device.value)
    as_json = as_json or output_format is not None
    with _result(output) as stream:
        if errors:
            for found in _suspected(tagger, labels)[:count]:
                line = json.dumps(found.to_record(), ensure_ascii=False)
                _print(line if as_json or stream else _error_text(found), stream)
            return
        items = _queue(tagger, inputs or [], input_format, labels, count, pool, seed)
        if for_label_studio:
            _print(_tasks(tagger, items, labelling_config), stream)
            return
        for item in items:
            line = json.dumps(item.to_record(tagger.version), ensure_ascii=False)
            _print(line if as_json or stream else _item_text(item), stream)


def _tasks(tagger: Tagger, items: Sequence[ReviewItem], config: Path | None) -> str:
    """The papers as a list of tasks, with the areas that the model gives; also writes their configuration."""
    from training.curation.label_studio import labelling_config, task

    if config is not None:
        with atomic_text(config) as stream:
            stream.write(labelling_config(tagger.taxonomy))
    answers = tagger.tag([item.paper for item in items])
    tasks = [task(item, answer.areas, tagger.version) for item, answer in zip(items, answers, strict=True)]
    return json.dumps(tasks, ensure_ascii=False, indent=1)


def _queue(
    tagger: Tagger,
    inputs: Sequence[str],
    input_format: InputFormat | None,
    labels: Path | None,
    count: int,
    pool_size: int,
    seed: int,
) -> list[ReviewItem]:
    from training.curation.candidate_pool import collect_pool
    from training.curation.given_candidates import candidates_in
    from training.curation.queue import look_at, review_queue
    from training.curation.stored_candidates import settled, stored_candidates, stored_labels

    labelled = stored_labels(tagger.taxonomy) + _read_labels(labels, tagger)

    given = candidates_in(inputs, tagger.taxonomy, input_format, show_reject) if inputs else stored_candidates(labelled)
    pool = collect_pool(given, settled(labelled), pool_size, seed)
    message(pool.summary())
    if pool.passed_over:
        message(f"The model looks at {len(pool.candidates):,} of the candidates, a sample; --pool N looks at more.")
    if not pool.candidates:
        raise AreatagError("No paper is left to review; give papers that are not labelled, with abstracts in English.")

    look = partial(_look, tagger)
    with stage_progress() as show:
        seen = look_at(
            pool.candidates,
            look,
            lambda done, total: show("Looking at papers", done, total),
        )
        known = [label.paper for label in labelled if label.complete][:pool_size]
        of_known = look(known)[1] if known else None
    return review_queue(seen, tagger.taxonomy, count, of_known)


def _look(tagger: Tagger, papers: Sequence[Paper]) -> tuple[FloatArray, FloatArray]:
    features = tagger.embed(papers)
    return features, tagger.predict_from(features, papers)[:, : len(tagger.taxonomy.areas)]


def _suspected(tagger: Tagger, path: Path | None) -> Sequence[SuspectedError]:
    from training.curation.label_checks import check_labels
    from training.curation.stored_candidates import stored_labels

    labelled = _read_labels(path, tagger) if path else stored_labels(tagger.taxonomy)
    if not labelled:
        raise AreatagError("There are no labels to check: the label store is empty; name a file with --labels.")
    with training_packages("review --errors"):
        check = check_labels(tagger, labelled, partial(_look, tagger))
    for note in _notes(check):
        message(note)
    return check.suspected


def _notes(check: LabelCheck) -> Iterator[str]:
    """What the labels were for the model whose answers judge them."""
    of = f"of these {check.labelled} papers"
    if check.learned:
        yield (
            f"The model was trained on {check.learned} {of} and may repeat their errors; name one that was not with "
            "--model (areatag models list)."
        )
    if check.calibrated:
        how = (
            "each is judged by a calibration that it took no part in"
            if check.cross_fitted
            else "they set its thresholds, nothing else"
        )
        yield f"The model was calibrated on {check.calibrated} {of}, not trained: {how}."


def _read_labels(path: Path | None, tagger: Tagger) -> list[LabelledPaper]:
    from data.readers.labels import read_labels

    return list(read_labels(path, tagger.taxonomy)) if path is not None else []


@contextmanager
def _result(output: Path | None) -> Iterator[TextIO | None]:
    if output is None:
        yield None
        return
    with atomic_text(output) as stream:
        yield stream


def _print(line: str, stream: TextIO | None) -> None:
    if stream is None:
        typer.echo(line)
    else:
        stream.write(line + "\n")


def _item_text(item: ReviewItem) -> str:
    guesses = ", ".join(f"{guess.name} {guess.score:.0%}" for guess in item.guesses[:3])
    return f"{item.paper.id}  {item.paper.title}\n    {guesses}\n    {item.reason}\n"


def _error_text(found: SuspectedError) -> str:
    said = "given, but improbable" if found.given else "not given, but probable"
    return f"{found.paper.id}  {found.paper.title}\n    {found.area}: {said} ({found.probability:.0%})\n"
