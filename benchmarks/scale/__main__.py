"""Measure labelling on a large scale: `python -m benchmarks.scale COMMAND --help` says what each costs."""

from __future__ import annotations

import typer

from benchmarks.scale import local

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.command("local", help=local.HELP)(local.main)


@app.callback()
def _commands() -> None:
    pass


if __name__ == "__main__":
    app()
