"""The command line of the benchmark."""

import pytest
from typer.testing import CliRunner

from benchmarks.retraining.__main__ import app


@pytest.mark.parametrize("command", ["hidden-categories", "learning-curve", "small-data", "latency", "kill"])
def test_help_says_what_a_run_costs(command: str) -> None:
    """Each command states the size of the full run and an example of a trial."""
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert "The full run" in shown.output and f"benchmarks.retraining {command}" in shown.output
