"""Measure retraining: `python -m benchmarks.retraining COMMAND --help` says what a full run and a trial cost."""

from __future__ import annotations

from benchmarks.command_line import command_line
from benchmarks.retraining import hidden_categories, kill, latency, learning_curve, small_data

app = command_line(__doc__, hidden_categories, learning_curve, small_data, latency, kill)

if __name__ == "__main__":
    app()
