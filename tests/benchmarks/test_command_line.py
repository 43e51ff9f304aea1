"""Command lines of benchmarks with several commands."""

from __future__ import annotations

from types import ModuleType

from typer.testing import CliRunner

from benchmarks.command_line import command_line
from benchmarks.scale.__main__ import app
from data.errors import UsageError


def module(name: str, problem: str = "") -> ModuleType:
    """A benchmark that prints a number, or fails."""

    def main(number: int = 1) -> None:
        if problem:
            raise UsageError(problem)
        print(f"measured {number}")

    made = ModuleType(f"benchmarks.geese.{name}")
    made.__dict__.update(HELP=f"Measure {name}.", main=main)
    return made


def test_commands_are_called_as_their_modules() -> None:
    """Their options are those of `main`; what goes wrong is its sentence."""
    line = command_line("Geese.", module("wild_geese"), module("tame", "There are no geese."))
    assert "measured 3" in CliRunner().invoke(line, ["wild-geese", "--number", "3"]).output
    failed = CliRunner().invoke(line, ["tame"])
    assert (failed.exit_code, failed.output) == (2, "There are no geese.\n")


def test_every_command_of_scale_says_what_it_costs() -> None:
    """In minutes or an hour, or a trial."""
    for name in ("local", "ray-kills", "ray-overhead", "s3", "rolling", "spark"):
        shown = CliRunner().invoke(app, [name, "--help"])
        assert shown.exit_code == 0 and ("inute" in shown.output or "hour" in shown.output), name
