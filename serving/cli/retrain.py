"""`areatag retrain`: labels of curators to a better model, safely."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data.errors import UsageError
from model.runtimes.registry import Device
from serving.cli.console import job_progress, message
from serving.cli.options import DeviceOption, positive, training_packages
from training.retraining.retrain_options import Promote, RetrainOptions

if TYPE_CHECKING:
    from training.retraining.retrain_options import RetrainResult

_DEFAULTS = RetrainOptions()
HELP = """Learn from the labels of the label store, compare with the active model, and promote what is not worse.

A quarter of the labelled papers, always the same ones, judge the new version and never train it. It becomes the
active one if its micro-F1 there is not lower than that of the active model (90 % bound above -1 point) and no area
with ten or more of these papers loses more than ten points; with fewer than 50 of them you decide, with areatag models
activate. So that nothing is forgotten, papers are replayed: soft labels or papers given here, those that
taught the active model before, or, if AREATAG_REPLAY_TAGGED=true allows it, the tagged papers that
AREATAG_CACHE_PAPERS=N keeps. Without any, the encoder stays as it is and only the heads learn. Runs at low priority;
Ctrl-C stops it. Needs the training packages.

\b
Examples:
  areatag retrain --papers lake/
  areatag retrain --promote never --json > report.json
  areatag retrain --resume
"""


_Papers = Annotated[
    list[str] | None,
    typer.Option("--papers", metavar="INPUT", help="Papers to replay, a file or folder; may be repeated."),
]
_SoftLabels = Annotated[
    Path | None,
    typer.Option("--soft-labels", metavar="SOFT.parquet", help="Soft labels to replay, from weak-label."),
]
_Taxonomy = Annotated[
    Path | None,
    typer.Option(
        "--taxonomy",
        metavar="FILE",
        help="Taxonomy of the new version.  [default: that of the base]",
        show_default=False,
    ),
]
_Base = Annotated[
    str | None,
    typer.Option(
        "--base", metavar="REF", help="Model to start from.  [default: the active version]", show_default=False
    ),
]
_Promote = Annotated[Promote, typer.Option("--promote", help="auto: if the gate lets it pass; force: anyway.")]
_Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on with an interrupted or cancelled one; only --promote, --device, --threads may change.",
    ),
]
_Threads = Annotated[int | None, typer.Option("--threads", min=1, help="Processor threads.  [default: all cores]")]
_LearningRate = Annotated[float, typer.Option("--learning-rate", help="Peak learning rate of the encoder.")]
_Job = Annotated[str | None, typer.Option("--job", hidden=True, help="Job to work on, queued or to be resumed.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("retrain", help=HELP)(retrain)


def retrain(
    context: typer.Context,
    papers: _Papers = None,
    soft_labels: _SoftLabels = None,
    taxonomy: _Taxonomy = None,
    base: _Base = None,
    promote: _Promote = Promote.AUTO,
    resume: _Resume = False,
    device: DeviceOption = Device.AUTO,
    threads: _Threads = None,
    learning_rate: _LearningRate = _DEFAULTS.learning_rate,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all random choices.")] = _DEFAULTS.seed,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    job: _Job = None,
    lock: Annotated[int | None, typer.Option("--lock", hidden=True, help="Descriptor of the lock held for it.")] = None,
) -> None:
    """Retrain and print what was found; `HELP` is what people read."""
    if "-" in (papers or ()):
        raise UsageError("--papers cannot read standard input: a retraining may be resumed. Name a file or folder.")
    options = RetrainOptions(
        promote=promote,
        base=base,
        soft_labels=soft_labels,
        papers=tuple(papers or ()),
        taxonomy=taxonomy,
        device=device.value,
        threads=threads,
        learning_rate=positive("--learning-rate", learning_rate),
        seed=seed,
    )
    if threads is not None:
        os.environ["OMP_NUM_THREADS"] = str(threads)  # read when torch and numpy start
    result = _run(options, _given(context, options) if resume else None, job, lock)
    if result is not None:
        _show(result, as_json)


def _show(result: RetrainResult, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**asdict(result), "path": str(result.path)}, indent=1))
    else:
        # Tables are drawn with rich, which help must not load.
        from serving.cli.retrain_report import retrain_tables

        typer.echo(retrain_tables(result))
    message(_outcome(result))
    if comparison := _comparison(result):
        message(comparison)


def _run(
    options: RetrainOptions, given: Mapping[str, Any] | None, job: str | None, lock: int | None
) -> RetrainResult | None:
    """Retrain, or resume with the options that are given again; None: there is nothing to resume."""
    from training.retraining.low_priority import give_way

    give_way()  # before numpy and torch start their threads, which inherit it
    # Light commands must not import the training code.
    with training_packages("retrain"):
        from training.retraining import retrain as retraining
        from training.retraining.job import Job
        from training.retraining.lock import RetrainLock
        from training.retraining.taking_up import NothingToResumeError

        if lock is None:  # else the service has looked, and the job can be cancelled while torch is loaded
            import_module("training.retraining.make_candidate")

    with job_progress() as show:
        try:
            if lock is not None and job is not None:
                with RetrainLock.inherited(lock):
                    return retraining.run_job(Job.find(job), show)
            return retraining.retrain(options, show) if given is None else retraining.resume(job, show, given)
        except KeyboardInterrupt:
            message("Cancelled; the active model stays. areatag retrain --resume goes on with it.")
            raise
        except NothingToResumeError as error:
            message(str(error))
            return None


def _given(context: typer.Context, options: RetrainOptions) -> dict[str, Any]:
    """The options that are on the command line, also with their default."""
    named = (name for name in context.params if hasattr(options, name))
    sources = {name: context.get_parameter_source(name) for name in named}
    return {name: getattr(options, name) for name, source in sources.items() if source and source.name == "COMMANDLINE"}


def _comparison(result: RetrainResult) -> str | None:
    """The command that shows what the new version says differently from the one that was active."""
    from model.versions import name_of_version

    earlier = name_of_version(result.report["gate"]["active"])
    return f"What it says differently: areatag models diff {earlier} {result.version}" if earlier else None


def _outcome(result: RetrainResult) -> str:
    if result.promoted:
        how = "although the gate did not let it pass" if result.forced else "as the gate let it pass"
        return f"{result.version} is the active version now, {how}; areatag models rollback goes back."
    return f"{result.version} is installed, not active; areatag models activate {result.version} makes it so."
