"""Measure the readers on generated files: `python -m benchmarks.readers [FORMAT]... [-o FILE]`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe_machine
from benchmarks.readers.formats import FORMATS, write_file
from data.atomic import atomic_text

_HERE = Path(__file__).parents[2]
# Beside other work on the machine, and with a start that counts less the larger the file is.
_LINEAR = 1.3
_FLAT_MEBIBYTES = 32


@dataclass(frozen=True, slots=True)
class Reading:
    """One file that was read.

    Attributes:
        megabytes: its size.
        papers: how many it has.
        seconds: of CPU.
        mebibytes: the most memory of the process.
    """

    megabytes: float
    papers: int
    seconds: float
    mebibytes: float

    @property
    def speed(self) -> float:
        """Megabytes a second of CPU."""
        return self.megabytes / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Readings:
    """The files of one format, from the smallest to the largest, and the largest read by another checkout."""

    readings: Sequence[Reading]
    before: Reading | None = None

    @property
    def is_linear(self) -> bool:
        """Return whether the largest file takes no more time for a megabyte than the one before it."""
        *_, smaller, largest = [*self.readings[:1], *self.readings]
        return smaller.speed <= _LINEAR * largest.speed

    @property
    def is_flat(self) -> bool:
        """Return whether the largest file takes no more memory than the one before it."""
        *_, smaller, largest = [*self.readings[:1], *self.readings]
        return largest.mebibytes <= smaller.mebibytes + _FLAT_MEBIBYTES


def main(
    formats: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(FORMATS)}; nothing: all.")] = None,
    megabytes: Annotated[list[int] | None, typer.Option("--megabytes", min=1, help="Size of a file; repeat.")] = None,
    against: Annotated[Path | None, typer.Option(help="Checkout whose readers read the largest files, too.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="JSON file for the figures.")] = None,
) -> None:
    """Write files of each format, read each in a process of its own, and print speed and memory."""
    console = Console()
    console.print(describe_machine())
    report: dict[str, Readings] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in formats or FORMATS:
            if name not in FORMATS:
                console.print(f"There is no format {name!r}; choose from: {', '.join(FORMATS)}.", markup=False)
                raise typer.Exit(2)
            report[name] = measured(name, sorted(megabytes or [2, 20, 200]), Path(folder), against)
            console.print(f"{name}: {report[name].readings[-1].speed:.1f} MB/s")
    console.print(table(report))
    if output is not None:
        with atomic_text(output) as stream:
            stream.write(json.dumps({name: asdict(readings) for name, readings in report.items()}, indent=1) + "\n")


def measured(name: str, sizes: Sequence[int], folder: Path, against: Path | None = None) -> Readings:
    """Return what reading files of a format took, of so many megabytes each."""
    path, readings, before = folder / "papers", [], None
    for size in sizes:
        records = write_file(name, path, size * 1_000_000)
        readings.append(_read(_HERE, path))
        if readings[-1].papers != records:
            raise RuntimeError(f"{readings[-1].papers} of {records} records were read from a file of {name}")
    if against is not None:
        before = _read(against, path)
    path.unlink()
    return Readings(readings, before if before and before.papers == readings[-1].papers else None)


def _read(checkout: Path, path: Path) -> Reading:
    command = [sys.executable, str(Path(__file__).with_name("one_file.py")), str(checkout.resolve()), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    size = path.stat().st_size / 1e6
    if done.returncode:  # an older version does not know the format
        return Reading(size, 0, 0.0, 0.0)
    return Reading(size, **json.loads(done.stdout))


def table(report: dict[str, Readings]) -> Table:
    """Return the figures of all formats: MB/s and peak memory by size."""
    sizes = [f"{reading.megabytes:.0f} MB" for reading in next(iter(report.values())).readings]
    shown = Table("format", *(f"{size}: MB/s" for size in sizes), "MiB", "linear", "flat", "as fast as before")
    for name, readings in report.items():
        peaks = " / ".join(f"{reading.mebibytes:.0f}" for reading in readings.readings)
        ratio = readings.readings[-1].speed / readings.before.speed if readings.before else 0.0
        verdicts = ["yes" if fact else "no" for fact in (readings.is_linear, readings.is_flat)]
        speeds = [f"{reading.speed:.1f}" for reading in readings.readings]
        shown.add_row(name, *speeds, peaks, *verdicts, f"{ratio:.2f} times" if ratio else "")
    return shown


if __name__ == "__main__":
    typer.run(main)
