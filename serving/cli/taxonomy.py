"""`areatag taxonomy`: the two-level list of fields and areas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CHECK_HELP = """Check a taxonomy file; the first problem is named with its line.

\b
Example:
  areatag taxonomy check my-areas.yaml
"""


def register(app: typer.Typer) -> None:
    """Add the group of commands to ``app``."""
    group = typer.Typer(
        help="Work with taxonomy files.\n\n\b\nExample:\n  areatag taxonomy check my-areas.yaml",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    group.command("check", help=CHECK_HELP)(check)
    # A callback keeps "check" a subcommand while it is the only one.
    group.callback()(lambda: None)
    app.add_typer(group, name="taxonomy")


def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="Taxonomy in YAML.")]) -> None:
    """Load the file and count; `CHECK_HELP` is what people read."""
    from data.taxonomy import load_taxonomy

    taxonomy = load_taxonomy(file)
    typer.echo(f"{file}: valid, {_count(len(taxonomy.fields), 'field')}, {_count(len(taxonomy.areas), 'area')}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
