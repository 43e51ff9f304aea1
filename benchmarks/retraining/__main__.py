"""Measure retraining: `python -m benchmarks.retraining COMMAND --help` says what a full run and a trial cost."""

from __future__ import annotations

import typer

from benchmarks.retraining import hidden_categories, kill, latency, learning_curve, small_data

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.command("hidden-categories", help=hidden_categories.HELP)(hidden_categories.main)
app.command("learning-curve", help=learning_curve.HELP)(learning_curve.main)
app.command("small-data", help=small_data.HELP)(small_data.main)
app.command("latency", help=latency.HELP)(latency.main)
app.command("kill", help=kill.HELP)(kill.main)

if __name__ == "__main__":
    app()
