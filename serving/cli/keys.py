"""`areatag keys`: API keys of the service."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

GROUP_HELP = """Make API keys for the REST service.

\b
Example:
  areatag keys new --role admin
"""
NEW_HELP = """Print a new API key, once, and the line by which the service knows it.

Give the key to a caller (Authorization: Bearer KEY), and the line to the service, in AREATAG_API_KEYS or in the file
that AREATAG_API_KEYS_FILE names. The role tag may tag and read, label also sends feedback, admin may do everything.

\b
Example:
  areatag keys new --role admin
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


def new(role: Annotated[RoleName, typer.Option("--role", help="What the key allows.")]) -> None:
    """Make a key; `NEW_HELP` is what people read."""
    # Starlette, which the service's module needs, is not needed for help.
    from serving.access import Role, new_key

    key, entry = new_key(Role[role.name])
    typer.echo(f"key:   {key}")
    typer.echo(f"line:  {entry}")
