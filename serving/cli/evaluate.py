"""`areatag evaluate`: how good a model is on labelled papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from serving.cli.options import ModelOption, training_packages

HELP = """Score a model on papers labelled by hand.

Prints micro-F1, macro-F1, precision of the first area, calibration and more, with bootstrap intervals.
Needs the training packages.

\b
Example:
  areatag evaluate --gold gold.jsonl --json > report.json
"""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("evaluate", help=HELP)(evaluate)


def evaluate(
    gold: Annotated[Path, typer.Option("--gold", metavar="GOLD.jsonl", help="Papers with id, title, abstract, areas.")],
    model: ModelOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Evaluate and print; `HELP` is what people read."""
    # Light commands must not import the training code.
    with training_packages("evaluate"):
        from training.evaluation.report import evaluate as evaluate_model
    from model.versions import resolve_model

    report = evaluate_model(gold, resolve_model(model))
    typer.echo(report.to_json() if as_json else report.to_table())
