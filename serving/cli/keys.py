"""`areatag keys`: API keys of the service."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from serving.cli.options import JsonOption

GROUP_HELP = """Make API keys for the REST service.

\b
Example:
  areatag keys new --role admin
"""
NEW_HELP = """Print a new API key, once, and the line by which the service knows it.

Give the key to a caller (Authorization: Bearer KEY), and the line to the service, in AREATAG_API_KEYS or in the file
that AREATAG_API_KEYS_FILE names; with --keys-file it is added there, for the owner of the file alone to read. The role
tag may tag and read, label also sends feedback, admin may do everything.

\b
Examples:
  areatag keys new --role admin
  areatag keys new --role tag --keys-file keys.txt
"""


class RoleName(StrEnum):
    """Roles of keys."""

    TAG = "tag"
    LABEL = "label"
    ADMIN = "admin"


def register(app: typer.Typer) -> None:
    """Add the group of commands to ``app``."""
    group = typer.Typer(help=GROUP_HELP, rich_markup_mode=None, no_args_is_help=True)
    # A callback keeps `new` a command of its own, although it is the only one.
    group.callback(help=GROUP_HELP)(lambda: None)
    group.command("new", help=NEW_HELP)(new)
    app.add_typer(group, name="keys")


def new(
    role: Annotated[RoleName, typer.Option("--role", help="What the key allows.")],
    keys_file: Annotated[
        Path | None, typer.Option("--keys-file", metavar="FILE", help="Add the line to this file.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key; `NEW_HELP` is what people read."""
    # Starlette, which the service's module needs, is not needed for help.
    from serving.http.keys import Role, new_key

    key, entry = new_key(Role[role.name])
    if keys_file is not None:
        _add_line(keys_file, entry)  # before anybody is given a key that the service would not know
    if as_json:
        typer.echo(json.dumps({"role": role.value, "key": key, "line": entry}, indent=1))
        return
    typer.echo(f"key:   {key}")
    typer.echo(f"line:  {entry}")


def _add_line(path: Path, line: str) -> None:
    # Help is to be instant.
    from data.atomic import write_error
    from data.home import owner_only

    try:
        with open(path, "a+b", opener=owner_only) as file:
            file.seek(0)
            before = file.read()
            file.write((b"" if before.endswith(b"\n") or not before else b"\n") + line.encode() + b"\n")
    except OSError as error:
        raise write_error(path, error) from error
