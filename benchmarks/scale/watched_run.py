"""A run of `areatag label` in a process of its own, looked at from outside while it works."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import AreatagError
from serving.batch.partial import records_done

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "serving.cli.main", "label")
_TICKS = os.sysconf("SC_CLK_TCK")
_TENTHS = 10
_MEMORY = ("RssAnon", "VmRSS")


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
    resident: float
    """Mebibytes of memory with them (RSS)."""


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

    def __str__(self) -> str:
        """Return all of it in a line for people."""
        return (
            f"{self.last.records} records after {self.last.seconds:.0f} s: {self.a_second:.1f} a second, "
            f"{self.cpu_milliseconds:.3f} ms of CPU each, {self.cores_busy:.2f} cores busy, "
            f"{self.last.mebibytes:.0f} MiB of memory ({self.last.resident:.0f} with mapped files)"
        )


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


def tenths(samples: Iterable[Sample], records: int) -> Iterator[Rate]:
    """Yield the tenths of a run as soon as each is over, from its first sample on; the last may miss the very end.

    Args:
        samples: of the run, as they come.
        records: that the run will have in the end.

    Raises:
        AreatagError: there are not enough samples.
    """
    first: Sample | None = None
    last: Sample | None = None
    done = 0
    for last in samples:
        first = first or last
        if last.records >= records * (done + 1) / _TENTHS and last is not first:
            yield Rate(first, last)
            first, done = last, done + 1
    if first is not None and last is not None and last is not first:
        yield Rate(first, last)
        done += 1
    if done < _TENTHS:
        raise AreatagError(f"The run was too short for ten tenths: there are samples of {done}. Give it more records.")


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
    memory = {
        name: int(value.split()[0]) / 1024
        for name, _, value in (line.partition(":") for line in status)
        if name in _MEMORY
    }
    return Sample(seconds, (int(user) + int(system)) / _TICKS, records, *(memory.get(name, 0.0) for name in _MEMORY))
