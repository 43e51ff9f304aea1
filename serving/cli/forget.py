"""`areatag forget`: remove a paper everywhere, and train without it."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import AreatagError
from serving.cli.console import job_progress, message
from serving.cli.options import JsonOption, training_packages

if TYPE_CHECKING:
    from training.unlearning import Learned, Removed

HELP = """Remove a paper and its labels from the label store, the caches and training sets, and retrain without it.

PAPER-ID is the paper's id, or the content id that areatag gave it (sha1:...). Training sets named here (soft labels,
or labels as JSONL) are rewritten without it and without near-duplicates. If the active model learned from the paper, a
new version is trained from one that did not, and proven by fingerprints to be without it. Versions that were trained or
calibrated on it are listed; you delete them. Where every version is, it says so, and what remains. A keyed hash stays,
so that labels of the paper are not taken again.

\b
Examples:
  areatag forget 2401.00001 --training-set soft.parquet
  areatag forget 2401.00001 --no-retrain
  areatag forget 2401.00001 --json > erased.json
"""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("forget", help=HELP)(forget)


def forget(
    paper_id: Annotated[str, typer.Argument(metavar="PAPER-ID", help="Id or content id of the paper.")],
    training_sets: Annotated[
        list[Path] | None,
        typer.Option("--training-set", metavar="FILE", help="Soft labels or JSONL to rewrite; may be repeated."),
    ] = None,
    retrain: Annotated[bool, typer.Option("--retrain/--no-retrain", help="Train a version without it.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Find, remove, retrain, prove; `HELP` is what people read."""
    # Numpy, which the training sets need, is not loaded for help.
    from model.versions import active_reference
    from training.unlearning import find_paper, proof, remove, who_learned

    files = training_sets or []
    papers = find_paper(paper_id, files)
    learned = who_learned(papers)
    removed = remove(paper_id, papers, files)
    if not as_json:
        _report_removed(removed)
        _report_versions(learned)
    proven: str | None = None
    try:
        active = active_reference()
        if active in learned.clean:
            proven = proof(active, papers)
        elif retrain:
            proven = proof(_retrain(learned, files), papers)
        else:
            message(f"Nothing was retrained: the active version {active} is as it was.")
    finally:  # what was removed is removed, also where no version could be trained
        if as_json:
            typer.echo(json.dumps({"removed": asdict(removed), "versions": asdict(learned), "proof": proven}))
    if proven and not as_json:
        typer.echo(proven)


def _report_removed(removed: Removed) -> None:
    typer.echo(
        f"Removed: {removed.labels} labels of {removed.papers} papers from the label store, "
        f"{removed.cached} papers from the cache"
    )
    for name, papers in removed.from_files.items():
        typer.echo(f"Removed: {papers} papers from {name}")


def _report_versions(learned: Learned) -> None:
    for version in learned.containing:
        typer.echo(f"Version {version} learned from it. {_advice(version)}")
    for version, papers in learned.calibrated.items():
        typer.echo(
            f"Version {version} was calibrated on it, not trained: one of {papers} papers that set its probabilities "
            f"and thresholds. {_advice(version)}"
        )
    for version in learned.unknown:
        typer.echo(f"Version {version} has no complete fingerprints: nobody can tell. {_advice(version)}")


def _advice(version: str) -> str:
    if version == "bundled":
        return "It is part of areatag and stays on the disk."
    return f"Delete it with: areatag models delete {version} (once another version is active)"


def _retrain(learned: Learned, files: list[Path]) -> str:
    """Train from a version without the paper and return the new version's name."""
    from data.soft_labels import is_soft_labels
    from training.retraining.retrain_options import RetrainOptions
    from training.unlearning import base_without

    try:
        base = base_without(learned)
    except AreatagError as error:
        raise AreatagError(
            f"The paper and its labels are removed, but no version without it can be made here. {error}"
        ) from error
    options = RetrainOptions(base=base, soft_labels=next((path for path in files if is_soft_labels(path)), None))
    # Light commands must not import the training code.
    with training_packages("forget"):
        from training.retraining.retrain import retrain as train_again

        import_module("training.retraining.make_candidate")
    try:
        with job_progress() as show:
            result = train_again(options, show)
    except AreatagError as error:
        raise AreatagError(
            f"The paper is removed, but no version was trained without it. {error} "
            f"Without new labels, areatag models activate {options.base} serves a version that never saw it."
        ) from error
    then = "active now" if result.promoted else f"activate it with: areatag models activate {result.version}"
    message(f"Version {result.version}, from {options.base}: {result.verdict}; {then}")
    return result.version
