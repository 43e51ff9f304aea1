"""A run of `areatag label` in a process of its own, looked at from outside while it works."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from data.errors import AreatagError
from serving.batch.partial import records_done

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "serving.cli.main", "label")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sample:
    """A run at some moment."""

    seconds: float
    """Since its start."""
    cpu_seconds: float
    """Of all its threads."""
    records: int
    """Written and on the disk."""
    mebibytes: float
    """Memory without files that are mapped into it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A run between two samples."""

    first: Sample
    last: Sample

    @property
    def a_second(self) -> float:
        """Records, by the clock."""
        return (self.last.records - self.first.records) / max(self.last.seconds - self.first.seconds, 1e-9)

    @property
    def cpu_milliseconds(self) -> float:
        """Of a record."""
        records = self.last.records - self.first.records
        return 1000 * (self.last.cpu_seconds - self.first.cpu_seconds) / max(records, 1)

    @property
    def cores_busy(self) -> float:
        """How many, on average."""
        return (self.last.cpu_seconds - self.first.cpu_seconds) / max(self.last.seconds - self.first.seconds, 1e-9)


def watched_label(
    arguments: Sequence[str], output: Path, command: Sequence[str] = COMMAND, every: float = 1.0
) -> Iterator[Sample]:
    """Run `label ARGUMENTS -o OUTPUT` and yield a sample whenever more records are on the disk.

    Args:
        arguments: inputs and options.
        output: in a folder that is there.
        command: takes the arguments.
        every: seconds between two looks.

    Raises:
        AreatagError: the run failed.
    """
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(
            [*command, *arguments, "-o", str(output)], cwd=ROOT, env=own_home(output.parent), stderr=messages
        )
        start, records = time.monotonic(), 0
        try:
            while process.poll() is None:
                time.sleep(every)
                sample = _sample(process.pid, time.monotonic() - start, output)
                if sample is not None and sample.records > records:
                    records = sample.records
                    yield sample
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            messages.seek(0)
            raise AreatagError(f"areatag label failed: {messages.read().decode(errors='replace').strip()}")


def own_home(folder: Path) -> dict[str, str]:
    """The environment of a run that knows no labels and no other models of this machine."""
    return {**os.environ, "AREATAG_HOME": str(folder / "home")}


def parts(samples: Sequence[Sample], number: int) -> list[Rate]:
    """Cut a run into so many parts of about as many records each.

    Raises:
        AreatagError: there are not enough samples.
    """
    if len(samples) <= number:
        raise AreatagError(f"The run was too short: {len(samples)} samples. Give it more records.")
    first, last = samples[0].records, samples[-1].records
    ends = [min(samples, key=lambda s: abs(s.records - first - (last - first) * n / number)) for n in range(number + 1)]
    return [Rate(a, b) for a, b in pairwise(ends)]


def _sample(pid: int, seconds: float, output: Path) -> Sample | None:
    """None where the run has ended, or has not begun to write."""
    process = Path("/proc", str(pid))
    try:
        user, system = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
        status = (process / "status").read_text().splitlines()
    except (OSError, ValueError):
        return None
    records = records_done(output)
    if records is None:
        return None
    kibibytes = next((int(line.split()[1]) for line in status if line.startswith("RssAnon:")), 0)
    return Sample(seconds, (int(user) + int(system)) / _TICKS, records, kibibytes / 1024)
