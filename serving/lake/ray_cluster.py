"""The workers of a Ray cluster: Ray Data schedules the work items, runs those of a lost worker again, and waits.

Its own checkpoints keep the ids of all papers in memory; here a work item is a row, and its files say that it is done.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import ray
import ray.data
from numpy.typing import NDArray

from data.errors import AreatagError, UsageError
from model.runtimes.cores import usable_cores
from model.runtimes.registry import Device
from serving.lake.layout import Outcome, outcome_from_json
from serving.lake.work_items import WorkItem
from serving.lake.worker import Job, LakeWorker

_MOST_THREADS = 16
"""Of one worker: where a node has more cores, several workers tokenise and write at once."""
_MOST_BLOCKS = 4096
"""Rows of the table that are handed out one by one; of longer tables several at a time."""
_REACHED_SECONDS = 10
# Ray speaks gRPC, which is HTTP/2 (RFC 9113, section 3.4): both sides begin with a frame of settings.
_HTTP2_FRAME_HEADER, _HTTP2_FRAME_TYPE, _HTTP2_SETTINGS = 9, 3, 4
_HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, _HTTP2_SETTINGS, 0, 0, 0, 0, 0])

Batch = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class RayCluster:
    """Executes work items on the nodes of a cluster.

    Args:
        address: of the cluster, HOST:PORT; None: one of this machine, for this run alone.
        device: what the user asked for.
    """

    address: str | None
    device: Device

    @contextmanager
    def __call__(self, job: Job, items: Sequence[WorkItem]) -> Iterator[Iterable[Outcome]]:
        """Connect, and give the outcome of each item as it comes.

        Raises:
            UsageError: there is no such cluster, or it has no such device.
            AreatagError: the cluster fails.
        """
        if not items:
            yield ()
            return
        with _connected(self.address), _told():
            workers = workers_on([node["Resources"] for node in ray.nodes() if node["Alive"]], self.device)
            job = replace(job, device=workers.device, threads=workers.threads)
            outcomes = _outcomes(job, items, workers)
            try:
                yield outcomes
            finally:
                outcomes.close()  # ends the work before the cluster: Ray would start another to tell it so


@dataclass(frozen=True, slots=True)
class Workers:
    """How many workers a cluster has, and what each has to itself."""

    count: int
    device: str
    threads: int
    gpus: int


def workers_on(nodes: Sequence[Mapping[str, float]], device: Device) -> Workers:
    """Return a worker for each GPU, or for the cores of each node.

    Args:
        nodes: their resources, as Ray names them.
        device: what the user asked for.

    Raises:
        UsageError: no node has such a device.
    """
    gpus = sum(int(node.get("GPU", 0)) for node in nodes)
    if device is Device.CUDA and not gpus:
        raise UsageError("No node of the cluster has a GPU: leave --device out, or add such nodes.")
    with_cores = [int(node.get("CPU", 0)) for node in nodes if node.get("CPU", 0) >= 1]
    if not with_cores:
        raise UsageError("No node of the cluster has a core to spare: add nodes.")
    if gpus and device is not Device.CPU:
        with_gpus = [node for node in nodes if node.get("GPU", 0) >= 1]
        threads = min(int(node.get("CPU", 0) // node["GPU"]) for node in with_gpus)
        return Workers(gpus, Device.CUDA.value, max(1, threads), 1)
    threads = min(min(with_cores), _MOST_THREADS)
    return Workers(sum(cores // threads for cores in with_cores), Device.CPU.value, threads, 0)


def _outcomes(job: Job, items: Sequence[WorkItem], workers: Workers) -> Generator[Outcome]:
    for row in _labelled(job, items, workers).iter_rows():
        yield outcome_from_json(str(row["outcome"]))


def _labelled(job: Job, items: Sequence[WorkItem], workers: Workers) -> ray.data.Dataset:
    table = [{"item": json.dumps(item.to_record())} for item in items]
    # At least one worker, not all: those of a lost node wait for its cores, and get those of idle ones in the end.
    pool = ray.data.ActorPoolStrategy(
        min_size=1,
        initial_size=min(workers.count, len(items)),
        max_size=min(workers.count, len(items)),
        max_tasks_in_flight_per_actor=1,  # an item waits for whichever worker is free first
    )
    return ray.data.from_items(table, override_num_blocks=min(len(table), _MOST_BLOCKS)).map_batches(
        _LabelItems,
        batch_size=1,
        compute=pool,
        num_cpus=workers.threads,
        num_gpus=workers.gpus,
        fn_constructor_args=[job],  # Ray Data starts lost workers anew, and runs their items again
    )


class _LabelItems:
    """An actor of Ray Data."""

    def __init__(self, job: Job) -> None:
        self._worker = LakeWorker(job)

    def __call__(self, batch: Batch) -> Batch:
        """Return a batch of outcomes for a batch of items, each as JSON text [n]."""
        items = [WorkItem.from_record(json.loads(str(text))) for text in batch["item"]]
        return {"outcome": np.array([self._worker.label(item).to_json() for item in items], dtype=object)}


@contextmanager
def _connected(address: str | None) -> Iterator[None]:
    """Be connected to a cluster; one of this run alone ends with it."""
    on_sigterm = signal.getsignal(signal.SIGTERM) or signal.SIG_DFL
    try:
        try:
            _connect(address)
        except Exception as error:  # Ray raises many kinds, bare ones too
            raise _not_connected(address, error) from error
        signal.signal(signal.SIGTERM, on_sigterm)  # Ray sets a handler of its own, which ends with a dump of its state
        yield
    finally:
        ray.shutdown()


def _connect(address: str | None) -> None:
    """Connect quietly: what workers print is in the logs of the cluster."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent anywhere
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")  # its 30 are few for a busy machine
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # else it writes to stderr, past Python
    logging.getLogger("ray").setLevel(logging.ERROR)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    with _standard_error_discarded():
        if address is None:
            ray.init(address="local", num_cpus=usable_cores(), include_dashboard=False, **quiet)
        else:
            _check_reachable(address)
            ray.init(address=address, **quiet)
    ray.data.DataContext.get_current().enable_progress_bars = False


@contextmanager
def _standard_error_discarded() -> Iterator[None]:
    """Discard what is written to stderr, past Python too: Ray says of each of its settings that it has read it."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _not_connected(address: str | None, error: Exception) -> AreatagError:
    if address is None:
        return AreatagError(
            f"Ray could not start on this machine ({_first_sentence(error)}). It needs room in {tempfile.gettempdir()} "
            "and a home folder for its token; ray/session_latest/logs there says more."
        )
    return UsageError(
        f"There is no Ray cluster at {address} that can be used ({_first_sentence(error)}). "
        "Check --ray-address HOST:PORT, that the cluster is up (ray status), and that this machine has its token: "
        "RAY_AUTH_MODE=token and ~/.ray/auth_token, where the cluster was started with them."
    )


def _check_reachable(address: str) -> None:
    """Raise OSError where nothing listens, or something else than Ray: Ray itself tries for minutes."""
    host, mark, port = address.rpartition(":")
    if not (mark and port.isdecimal() and "://" not in address):
        return
    with socket.create_connection((host, int(port)), _REACHED_SECONDS) as connection:
        if os.environ.get("RAY_USE_TLS", "0") not in ("", "0"):
            return
        connection.sendall(_HTTP2_PREFACE)
        with connection.makefile("rb") as answers:
            answer = answers.read(_HTTP2_FRAME_HEADER)
        if len(answer) < _HTTP2_FRAME_HEADER or answer[_HTTP2_FRAME_TYPE] != _HTTP2_SETTINGS:
            raise OSError("what listens there is no Ray")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ray.exceptions.RayError as error:
        raise AreatagError(
            f"The Ray cluster failed ({_first_sentence(error)}). What is done is kept: run again with --resume."
        ) from error


def _first_sentence(error: Exception) -> str:
    lines = (line.strip().partition(". ")[0].rstrip(".") for line in str(error).splitlines() if line.strip())
    return next(lines, type(error).__name__)
