"""`areatag serve`: the REST service."""

from __future__ import annotations

from typing import Annotated

import typer

from serving.cli.options import ModelOption

HELP = """Serve the REST interface (POST /tag and others) until stopped.

\b
Example:
  areatag serve --port 3000
  curl localhost:3000/tag -H 'Content-Type: application/json' \\
    -d '{"papers": [{"title": "Parsing with neural networks"}]}'
"""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("serve", help=HELP)(serve)


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for other machines too.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 3000,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that answer.")] = 1,
    model: ModelOption = None,
) -> None:
    """Start the service; `HELP` is what people read."""
    # BentoML takes a second to import, which no other command should pay.
    from serving.server import run

    run(host, port, workers, model)
