"""Measure labelling on a large scale: `python -m benchmarks.scale COMMAND --help` says what each costs."""

from __future__ import annotations

from benchmarks.command_line import command_line
from benchmarks.scale import local, ray_kills, ray_overhead, rolling, s3, spark

app = command_line(__doc__, local, ray_kills, ray_overhead, s3, rolling, spark)

if __name__ == "__main__":
    app()
