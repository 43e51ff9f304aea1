"""`areatag weak-label` and `areatag train`: from papers to soft labels to a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from data.errors import UsageError
from model.runtimes.registry import Device
from serving.cli.console import message, show_reject, stage_progress, step_progress
from serving.cli.options import DeviceOption, EncoderOption, JsonOption, TaxonomyOption, positive, training_packages
from training.fine_tuning.train_options import TrainOptions

_DEFAULTS = TrainOptions(output=Path())

WEAK_LABEL_HELP = """Make soft labels for papers that nobody labelled.

Labelling functions vote (arXiv categories, phrase rules, similarity to area names, recorded votes), and a
label model turns the votes into a probability per paper and area. Prints coverage, overlap, conflict and
estimated precision of every function; --json adds all areas. Needs the training packages.

\b
Example:
  areatag weak-label papers.jsonl --votes votes.jsonl -o soft.parquet --report votes.html
"""
TRAIN_HELP = """Fine-tune an encoder on soft labels, on labelled papers, or on both.

Writes a model directory that label, serve and evaluate take with --model. Needs the training packages.

\b
Examples:
  areatag train --soft-labels soft.parquet --validation gold.jsonl -o my-model
  areatag train --labels labelled.jsonl --taxonomy my-areas.yaml -o my-model --resume
"""


_Rules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="RULES", help="Labelling rules, a file or folder.  [default: bundled]"),
]
_Votes = Annotated[list[Path] | None, typer.Option("--votes", metavar="FILE", help="Recorded votes; may be repeated.")]
_Functions = Annotated[
    list[Path] | None,
    typer.Option("--functions", metavar="FILE.py", help="Your own labelling functions; may be repeated."),
]
_Report = Annotated[
    Path | None, typer.Option("--report", metavar="OUT.html", help="File for the analysis of the votes.")
]
_ZeroShot = Annotated[
    bool,
    typer.Option(
        "--zero-shot/--no-zero-shot",
        help="Compare papers with area descriptions: a pass of the encoder over every paper.",
    ),
]


_Output = Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the model; must not exist.")]
_SoftLabels = Annotated[
    Path | None, typer.Option("--soft-labels", metavar="SOFT.parquet", help="What weak-label wrote.")
]
_Labels = Annotated[
    Path | None,
    typer.Option("--labels", metavar="GOLD.jsonl", help="Papers with id, title, abstract, areas."),
]
_Validation = Annotated[
    Path | None,
    typer.Option("--validation", metavar="GOLD.jsonl", help="Papers that calibrate and score, never train."),
]
_HeldOut = Annotated[
    list[Path] | None,
    typer.Option("--held-out", metavar="GOLD.jsonl", help="More papers never to train on; may be repeated."),
]
_Papers = Annotated[
    int | None,
    typer.Option("--papers", min=1, help="Most soft-labelled papers to train on, chosen by value.  [default: all]"),
]
_Epochs = Annotated[
    float | None,
    typer.Option(
        "--epochs", help="Passes over the papers.  [default: 2, and up to 8 for few papers]", show_default=False
    ),
]
_MaxTokens = Annotated[int, typer.Option("--max-tokens", min=8, max=8192, help="Tokens a paper is cut to in training.")]
_LearningRate = Annotated[
    float | None,
    typer.Option(
        "--learning-rate",
        help="Peak learning rate of the encoder.  [default: 2e-4, and 1e-4 for few papers]",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("weak-label", help=WEAK_LABEL_HELP)(weak_label)
    app.command("train", help=TRAIN_HELP)(train)


def weak_label(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT", help="Files or folders of papers.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="SOFT.parquet", help="File for the soft labels.")],
    taxonomy: TaxonomyOption = None,
    rules: _Rules = None,
    votes: _Votes = None,
    functions: _Functions = None,
    report: _Report = None,
    zero_shot: _ZeroShot = True,
    encoder: EncoderOption = None,
    device: DeviceOption = Device.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Weak-label; `WEAK_LABEL_HELP` is what people read."""
    # Light commands must not import the training code, nor rules be tried out with torch.
    with training_packages("weak-label"):
        from training.weak_label import WeakLabelOptions
        from training.weak_label import weak_label as make_soft_labels

        if zero_shot:
            from training.encoder.text_embedding import text_embedder

    options = WeakLabelOptions(
        inputs=tuple(inputs),
        output=output,
        taxonomy=taxonomy,
        rules=rules,
        votes=tuple(votes or ()),
        functions=tuple(functions or ()),
        report=report,
        embed=text_embedder(encoder, device.value) if zero_shot else None,
    )
    with stage_progress() as show:
        analysis = make_soft_labels(options, show)
    for reject in analysis.rejects:
        show_reject(reject)
    typer.echo(json.dumps(analysis.to_record(), ensure_ascii=False, indent=1) if as_json else analysis.to_table())


def train(
    output: _Output,
    soft_labels: _SoftLabels = None,
    labels: _Labels = None,
    taxonomy: TaxonomyOption = None,
    validation: _Validation = None,
    held_out: _HeldOut = None,
    encoder: EncoderOption = None,
    device: DeviceOption = Device.AUTO,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted training.")] = False,
    papers: _Papers = None,
    epochs: _Epochs = None,
    max_tokens: _MaxTokens = _DEFAULTS.max_tokens,
    learning_rate: _LearningRate = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all random choices.")] = _DEFAULTS.seed,
) -> None:
    """Train; `TRAIN_HELP` is what people read."""
    if soft_labels is None and labels is None:
        raise UsageError("Nothing to train on: give --soft-labels SOFT.parquet, --labels GOLD.jsonl, or both.")
    options = TrainOptions(
        output=output,
        soft_labels=soft_labels,
        labels=labels,
        taxonomy=taxonomy,
        validation=validation,
        held_out=tuple(held_out or ()),
        encoder=encoder,
        device=device.value,
        resume=resume,
        papers=papers,
        epochs=None if epochs is None else positive("--epochs", epochs),
        max_tokens=max_tokens,
        learning_rate=None if learning_rate is None else positive("--learning-rate", learning_rate),
        seed=seed,
    )
    _train(options)


def _train(options: TrainOptions) -> None:
    # Light commands must not import the training code.
    with training_packages("train"):
        from training.train import train as train_model
        from training.untrained_alternative import recommendation
        from training.work_folder import nothing_to_resume

    if options.resume and nothing_to_resume(options.output):
        message(
            f"{options.output} is complete: there is nothing to resume. To train again, choose another directory with "
            "-o."
        )
        return
    with step_progress() as show:
        report = train_model(options, show)
    if report.evaluation is not None:
        typer.echo(report.evaluation.to_table())
    message(f"Model {report.version}, from {report.papers} papers: use it with --model {report.path}")
    message(f"It is {report.calibration}.")
    if advice := recommendation(options, report):
        message(advice)
