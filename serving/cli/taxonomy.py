"""`areatag taxonomy`: the two-level list of fields and areas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from data.errors import AreatagError, ContentError
from serving.cli.console import message
from serving.cli.options import JsonOption

CHECK_HELP = """Check a taxonomy file; every problem is named with its line.

A taxonomy is YAML, or a table (CSV, TSV) with the columns field, area, description and phrases, in any order; phrases
have ; between them, and ids are made from the names. Of a table the YAML that it became is printed, to be kept as a
file where areas get new names later.

\b
Examples:
  areatag taxonomy check my-areas.yaml
  areatag taxonomy check my-areas.csv > my-areas.yaml
  areatag taxonomy check my-areas.yaml --json
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


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Taxonomy in YAML, or as a table.")],
    as_json: JsonOption = False,
) -> None:
    """Load the file and count; `CHECK_HELP` is what people read."""
    from data.taxonomy_file import load_taxonomy
    from data.taxonomy_table import is_table
    from data.yaml_nodes import read_text

    try:
        taxonomy = load_taxonomy(file)
    except ContentError as error:
        if as_json:
            problems = [{"line": problem.line, "message": problem.message} for problem in error.problems]
            typer.echo(
                json.dumps({"file": str(file), "valid": False, "problems": problems}, ensure_ascii=False, indent=1)
            )
        if len(error.problems) == 1:
            raise
        for problem in error.problems:
            message(f"{error.source}, line {problem.line}: {problem.message}")
        raise AreatagError(f"{error.source} has {len(error.problems)} problems: see above.") from error
    if as_json:
        sizes = {"fields": len(taxonomy.fields), "areas": len(taxonomy.areas)}
        typer.echo(
            json.dumps({"file": str(file), "valid": True, **sizes, "problems": []}, ensure_ascii=False, indent=1)
        )
        return
    counted = f"{file}: valid, {_count(len(taxonomy.fields), 'field')}, {_count(len(taxonomy.areas), 'area')}"
    if is_table(read_text(file, "taxonomy file"), str(file)):
        typer.echo(f"# {counted}\n{taxonomy.to_yaml().rstrip()}")
    else:
        typer.echo(counted)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
