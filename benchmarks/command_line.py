"""The command lines of benchmarks with several commands, each a module with `HELP` and `main`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import typer

from data.errors import AreatagError
from serving.batch.termination import ends_on_sigterm


def command_line(help_text: str | None, *modules: ModuleType) -> typer.Typer:
    """Return the command line of these modules: `ray_kills` becomes the command ray-kills."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, help=help_text)
    for module in modules:
        name = module.__name__.rpartition(".")[2].replace("_", "-")
        app.command(name, help=module.HELP)(_in_a_sentence(module.main))
    return app


def _in_a_sentence(main: Callable[..., None]) -> Callable[..., None]:
    """What goes wrong in the way that is foreseen needs no traceback."""

    @functools.wraps(main)
    def told(*given: Any, **named: Any) -> None:
        try:
            with ends_on_sigterm():  # so that what was started is ended too
                main(*given, **named)
        except AreatagError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(error.exit_code) from None

    return told
