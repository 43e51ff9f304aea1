"""Metrics of one process and of several."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from serving.http import metrics
from tests.serving.conftest import ROOT

_WORKER = "from serving.http import metrics; metrics.PAPERS.labels('m').inc(3); metrics.WAITING.set(5)"
_READER = "from serving.http import metrics; print(metrics.exposition()[0].decode())"


def _samples(text: str) -> dict[str, float]:
    return {sample.name: sample.value for family in text_string_to_metric_families(text) for sample in family.samples}


def test_the_metrics_of_one_process() -> None:
    """In Prometheus's text format, which says so."""
    metrics.CUT_FIELDS.inc(0)
    content, kind = metrics.exposition()
    assert kind.startswith("text/plain") and "areatag_cut_fields_total" in _samples(content.decode())


def test_workers_are_added_up_and_the_dead_ones_wait_for_nothing(tmp_path: Path) -> None:
    """What a killed worker counted stays; what it had waiting does not."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def python(script: str) -> str:
        command = [sys.executable, "-c", script]
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    python(_WORKER)
    python(_WORKER)
    samples = _samples(python(_READER))
    assert samples["areatag_papers_total"] == 6
    assert samples.get("areatag_waiting_papers", 0) == 0
