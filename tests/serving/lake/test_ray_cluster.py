"""Runs on a Ray cluster."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data.errors import UsageError
from model.runtimes.registry import Device
from tests.serving.lake.lake import labels_in, make_lake

if TYPE_CHECKING:
    from serving.lake.ray_cluster import Workers

ROOT = Path(__file__).parents[3]

pytest.importorskip("ray", reason="the extra areatag[ray] is not installed")


def workers_on(nodes: list[dict[str, float]], device: Device) -> Workers:
    """As of the module, which is imported only where Ray is installed."""
    from serving.lake import ray_cluster

    return ray_cluster.workers_on(nodes, device)


@pytest.mark.parametrize(
    ("nodes", "device", "count", "kind", "threads"),
    [
        ([{"CPU": 2.0}], Device.AUTO, 1, "cpu", 2),
        ([{"CPU": 1.0}, {"CPU": 1.0}, {"memory": 1.0}], Device.AUTO, 2, "cpu", 1),
        ([{"CPU": 64.0}, {"CPU": 64.0}], Device.CPU, 8, "cpu", 16),
        ([{"CPU": 4.0}, {"CPU": 16.0}], Device.AUTO, 5, "cpu", 4),
        ([{"CPU": 16.0, "GPU": 4.0}, {"CPU": 8.0}], Device.AUTO, 4, "cuda", 4),
        ([{"CPU": 16.0, "GPU": 4.0}], Device.CPU, 1, "cpu", 16),
        ([{"CPU": 2.0, "GPU": 4.0}], Device.CUDA, 4, "cuda", 1),
    ],
)
def test_workers(nodes: list[dict[str, float]], device: Device, count: int, kind: str, threads: int) -> None:
    """One for each GPU, or for the cores of a node."""
    workers = workers_on(nodes, device)
    assert (workers.count, workers.device, workers.threads) == (count, kind, threads)


def test_clusters_without_what_is_needed() -> None:
    """Each a sentence."""
    with pytest.raises(UsageError, match="No node of the cluster has a GPU"):
        workers_on([{"CPU": 8.0}], Device.CUDA)
    with pytest.raises(UsageError, match="has a core to spare"):
        workers_on([{"memory": 8.0}], Device.AUTO)


def areatag(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own: Ray starts many, and changes the one that it is in."""
    command = [sys.executable, "-m", "serving.cli.main", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_cluster_says_what_the_local_engine_says(tmp_path: Path) -> None:
    """Id for id, and with the same last line; then --resume has nothing to do, and needs no cluster for that."""
    lake = make_lake(tmp_path / "lake")
    local = areatag("label", lake, "-o", tmp_path / "local.jsonl")
    assert local.returncode == 0, local.stderr
    out = tmp_path / "out"
    ray = areatag("label", lake, "-o", out, "--engine", "ray")
    assert (ray.returncode, ray.stderr.splitlines()[-1]) == (0, local.stderr.splitlines()[-1])
    expected = {one["id"]: one for one in map(json.loads, (tmp_path / "local.jsonl").read_text().splitlines())}
    found = labels_in(out)
    assert len(found) == len(expected) == 40
    assert all(one["areas"] == expected[one["id"]]["areas"] for one in found)
    again = areatag("label", lake, "-o", out, "--engine", "ray", "--resume")
    assert (again.returncode, again.stderr.splitlines()[-1]) == (0, local.stderr.splitlines()[-1])
