"""`areatag evaluate`: how good a model is on labelled papers."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from data.atomic import atomic_text
from serving.cli.options import JsonOption, ModelOption, training_packages

HELP = """Score a model on labelled papers that it was not trained on.

Prints micro-F1, macro-F1, precision of the first area, calibration, what --min-precision keeps of its promise and more,
with bootstrap intervals. --against scores another model on the same papers too, and says how sure the difference is.
--report writes a page that shows the figures of --json with plots, confused areas, and the papers that are most wrong
with their texts; it is one file that needs neither a network nor scripts. Needs the training packages.

\b
Examples:
  areatag evaluate --gold gold.jsonl --json > report.json
  areatag evaluate --gold gold.jsonl --model my-model --against bundled --report evaluation.html
"""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("evaluate", help=HELP)(evaluate)


def evaluate(
    gold: Annotated[Path, typer.Option("--gold", metavar="GOLD.jsonl", help="Papers with id, title, abstract, areas.")],
    model: ModelOption = None,
    against: Annotated[
        str | None, typer.Option("--against", metavar="REF", help="Model to compare with, on the same papers.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="OUT.html", help="Also write a page with plots and mistakes.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Evaluate and print; `HELP` is what people read."""
    # Light commands must not import the training code, nor the plots where no page is wanted.
    with training_packages("evaluate"):
        from training.evaluation_report.evaluation import evaluate as evaluate_model

        if report is not None:
            from training.evaluation_report.page import render
    from model.versions import resolve_model

    other = None if against is None else resolve_model(against)
    with ExitStack() as files:
        page = None if report is None else files.enter_context(atomic_text(report))  # fails before the work is done
        found = evaluate_model(gold, resolve_model(model), other)
        if page is not None:
            page.write(render(found))
    typer.echo(found.to_json() if as_json else found.to_table())
