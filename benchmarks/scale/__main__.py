"""Measure labelling on a large scale: `python -m benchmarks.scale COMMAND --help` says what each costs."""

from __future__ import annotations

import typer

from benchmarks.scale import local, ray_kills, ray_overhead, rolling, s3, spark

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.command("local", help=local.HELP)(local.main)
app.command("ray-kills", help=ray_kills.HELP)(ray_kills.main)
app.command("ray-overhead", help=ray_overhead.HELP)(ray_overhead.main)
app.command("s3", help=s3.HELP)(s3.main)
app.command("rolling", help=rolling.HELP)(rolling.main)
app.command("spark", help=spark.HELP)(spark.main)

if __name__ == "__main__":
    app()
