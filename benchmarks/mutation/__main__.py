"""Break the modules that security and durability rest on: `python -m benchmarks.mutation [MODULE]... [-o FILE]`."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.mutation.modules import TESTS
from benchmarks.mutation.workspace import Mutant, Workspace
from data.atomic import atomic_text
from data.errors import AreatagError


def main(
    modules: Annotated[list[str] | None, typer.Argument(help="Modules; nothing: all of them.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="JSON file for all mutants.")] = None,
) -> None:
    """Make mutants in a copy of the repository, run the tests of each module on them, and print who survived."""
    unknown = [module for module in modules or () if module not in TESTS]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(TESTS)}.")
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="areatag-mutation-") as folder:
        try:
            workspace = Workspace(Path(folder))
            for module in modules or TESTS:
                start = time.monotonic()
                mutants = workspace.mutants(module, TESTS[module])
                report[module] = [asdict(mutant) for mutant in mutants]
                typer.echo(summary(module, mutants, time.monotonic() - start))
                if output is not None:  # after every module: a later one that fails costs nothing
                    with atomic_text(output) as stream:
                        stream.write(json.dumps(report, indent=1) + "\n")
        except AreatagError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None


def summary(module: str, mutants: list[Mutant], seconds: float) -> str:
    """Return the number of mutants of a module, and those that survived with what was changed."""
    survived = [mutant for mutant in mutants if mutant.survived]
    lines = [f"{module}: {len(mutants)} mutants, {len(mutants) - len(survived)} killed, {seconds:.0f} s"]
    for mutant in survived:
        lines.append(f"  line {mutant.line}, {mutant.operator}")
        changed = [line for line in mutant.difference.splitlines() if line[:1] in ("+", "-")]
        lines += [f"    {line}" for line in changed if line[:3] not in ("+++", "---")]
    return "\n".join(lines)


if __name__ == "__main__":
    typer.run(main)
