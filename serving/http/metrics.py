"""Prometheus metrics of the service, in prometheus_client's registry.

BentoML's own HTTP metrics are off: they label by raw path, so any client could grow them without bound. With
several workers PROMETHEUS_MULTIPROC_DIR must be set before this module is imported; then each answers for all.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

_SECONDS = (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10, 30)
_PAPERS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

CALLS = Counter("areatag_calls", "Answered calls", ["route", "method", "status"])
CALL_SECONDS = Histogram("areatag_call_seconds", "Time from request to answer", ["route"], buckets=_SECONDS)
CALLS_RUNNING = Gauge("areatag_calls_running", "Calls in progress", multiprocess_mode="livesum")
REFUSED = Counter("areatag_refused", "Calls refused for overload, by what ran out", ["limit"])
CALL_PAPERS = Histogram("areatag_call_papers", "Papers in a call", buckets=_PAPERS)
PAPERS = Counter("areatag_papers", "Papers tagged", ["model"])
ABSTAINED = Counter("areatag_abstained", "Papers tagged without any area", ["model"])
AREAS = Counter("areatag_area", "Papers tagged with an area", ["area"])
TOKENS = Counter("areatag_tokens", "Tokens encoded, also of explanations")
CUT_FIELDS = Counter("areatag_cut_fields", "Titles and abstracts that were too long and were cut")
WAITING = Gauge("areatag_waiting_papers", "Papers in the queue or in the encoder", multiprocess_mode="livesum")
QUEUE_SECONDS = Histogram("areatag_queue_seconds", "Time a paper waits for the encoder", buckets=_SECONDS)
BATCH_PAPERS = Histogram("areatag_batch_papers", "Papers in an encoder batch", buckets=_PAPERS)
ENCODER_SECONDS = Histogram("areatag_encoder_seconds", "Time of an encoder batch", buckets=_SECONDS)
MODEL = Gauge("areatag_model", "1 for the active model version", ["version"], multiprocess_mode="livemax")


def exposition() -> tuple[bytes, str]:
    """Return the metrics of all workers in Prometheus's text format, and its content type."""
    directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if directory is None:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    _forget_dead_workers(Path(directory))
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=directory)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


def _forget_dead_workers(directory: Path) -> None:
    """Drop the live gauges of workers that were killed: nobody else tells the library."""
    for pid in {path.stem.rpartition("_")[2] for path in directory.glob("gauge_live*.db")}:
        if not Path("/proc", pid).exists() and Path("/proc/self").exists():
            mark_process_dead(int(pid), path=str(directory))  # type: ignore[no-untyped-call]
