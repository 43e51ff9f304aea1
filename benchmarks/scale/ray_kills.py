"""kill -9 of workers, nodes and drivers of a Ray cluster of three nodes, while it labels a lake."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe_machine
from benchmarks.scale.lakes import LakeSize, areatag, compare, make_lake, read_labels, read_lines, run_areatag
from data.atomic import atomic_text
from data.errors import AreatagError

HELP = """Kill workers, nodes and drivers while a lake is labelled.

A Ray cluster of three nodes of one core each, on this machine. Each round labels an invented lake anew: a worker is
killed when a quarter of the items is done, a node at half (another takes its place), the driver at three quarters;
then the run goes on with --resume. Every paper must be there once, with the areas of the local engine. A round took
four to twelve minutes on two cores with much else to do. Trial: --rounds 1.
"""
_PATIENCE = 1800  # seconds without any item done
_LOOK = 0.05


@dataclass(frozen=True, slots=True)
class Round:
    """One run with its kills."""

    lake: Path
    output: Path
    cluster: Any
    items: int

    def run(self) -> None:
        """Label with kills, to the end; raises AreatagError."""
        driver = self._driver()
        try:
            self._wait(driver, self.items // 4)
            self._kill_worker()
            self._wait(driver, self.items // 2)
            self._kill_node()
            self._wait(driver, self.items * 3 // 4)
        finally:
            driver.kill()  # SIGKILL
            driver.communicate()
        run_areatag("label", self.lake, "-o", self.output, *self._options(), "--resume")

    def _options(self) -> list[str]:
        return ["--engine", "ray", "--ray-address", self.cluster.address]

    def _driver(self) -> subprocess.Popen[str]:
        return areatag("label", self.lake, "-o", self.output, *self._options())

    def _wait(self, driver: subprocess.Popen[str], done: int) -> None:
        deadline = time.monotonic() + _PATIENCE
        while sum(1 for _ in self.output.glob("done/*.json")) < done:
            if driver.poll() is not None:
                raise AreatagError(f"The driver ended before it was killed: {driver.communicate()[1][-500:]}")
            if time.monotonic() > deadline:
                raise AreatagError(f"Fewer than {done} items were done within {_PATIENCE} s.")
            time.sleep(_LOOK)

    def _kill_worker(self) -> None:
        raylets = {_raylet(node) for node in self.cluster.list_all_nodes()}
        workers = [pid for pid in _processes("ray::MapWorker") if _parent(pid) in raylets]
        if not workers:
            raise AreatagError("There is no worker to kill.")
        os.kill(workers[0], signal.SIGKILL)

    def _kill_node(self) -> None:
        node = next(node for node in self.cluster.list_all_nodes() if not node.is_head())
        self.cluster.remove_node(node, allow_graceful=False)
        self.cluster.add_node(num_cpus=1, wait=False)


@contextmanager
def ray_cluster() -> Iterator[Any]:
    """Yield a cluster of three nodes; all is stopped at the end."""
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "600")  # its 30 are few for a busy machine
    from ray.cluster_utils import Cluster  # takes seconds

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        for _ in range(2):
            cluster.add_node(num_cpus=1)
        yield cluster
    finally:
        cluster.shutdown()


def _raylet(node: Any) -> int:
    return int(node.all_processes["raylet"][0].process.pid)


def _processes(name: str) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes().startswith(name.encode()):
                yield int(folder.name)
        except OSError:  # it has ended
            continue


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Runs, each with three kills.")] = 10,
    files: Annotated[int, typer.Option(min=8, help="Files of the lake, a work item each.")] = 24,
    papers: Annotated[int, typer.Option(min=1, help="Papers in each file.")] = 20,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="JSON file for the figures.")] = None,
) -> None:
    """Run the rounds and print what came of them."""
    console, machine, found = Console(), describe_machine(), []
    with tempfile.TemporaryDirectory(prefix="areatag-scale-") as name, ray_cluster() as cluster:
        folder = Path(name)
        make_lake(folder / "lake", LakeSize(files, papers, 150))
        run_areatag("label", folder / "lake", "-o", folder / "local.jsonl")
        expected = read_lines(folder / "local.jsonl")
        for number in range(rounds):
            start = time.monotonic()
            Round(folder / "lake", folder / "out", cluster, files).run()
            compared = compare(expected, read_labels(folder / "out"))
            summary = json.loads((folder / "out" / "summary.json").read_text())
            counted = summary["read"] == summary["labelled"] + summary["rejected"] == files * (papers + 1)
            found.append({**compared.to_record(), "counted": counted, "seconds": time.monotonic() - start})
            console.print(f"round {number + 1}: {found[-1]}")
            if not (compared.is_same and counted):
                raise AreatagError(f"Round {number + 1} lost or changed papers: {found[-1]}")
            shutil.rmtree(folder / "out")
    _print(console, machine, found)
    if output is not None:
        with atomic_text(output) as stream:
            stream.write(json.dumps({"machine": machine, "rounds": found}, indent=1) + "\n")


def _print(console: Console, machine: str, found: list[dict[str, Any]]) -> None:
    table = Table("rounds", "papers", "missing", "twice", "other areas", "largest difference", "accounts right")
    names = ("papers", "missing", "twice", "other_areas")
    sums = [str(sum(one[name] for one in found)) for name in names]
    largest = max(one["largest_difference"] for one in found)
    table.add_row(str(len(found)), *sums, f"{largest:.4f}", str(sum(one["counted"] for one in found)))
    console.print(machine)
    console.print(table)
