"""Looking at a run of `label` from outside."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.scale.kill import measure as measure_kills
from benchmarks.scale.options import Options
from benchmarks.scale.watched_run import Rate, Sample, parts, watched_label
from data.errors import AreatagError
from tests.support.tiny import write_jsonl

_WAITING_STUB = """
import sys, time
from itertools import count
from pathlib import Path
from benchmarks.scale.stub import StubTagger
from model.tagger import Tagger
from serving.cli.main import main

seen, calls, predict = Path(sys.argv.pop(1)), count(), StubTagger.predict

def wait_and_predict(tagger, papers):
    first = next(calls) == 0
    while not first and not seen.exists():
        time.sleep(0.01)
    return predict(tagger, papers)

StubTagger.predict = wait_and_predict
Tagger.load = lambda *_, **__: StubTagger()
main()
"""
_WAITING = (sys.executable, "-c", _WAITING_STUB)
"""The stub, which goes on behind its first chunk once it was seen to have written that; takes the file that says so."""


def test_parts_of_a_run() -> None:
    """As many records each, from the first sample to the last."""
    samples = [Sample(float(n), 2.0 * n, 10 * n, 100.0) for n in range(1, 12)]
    found = parts(samples, 5)
    assert [part.first.records for part in found] == [10, 30, 50, 70, 90]
    assert [(part.a_second, part.cpu_milliseconds, part.cores_busy) for part in found] == [(10.0, 200.0, 2.0)] * 5
    with pytest.raises(AreatagError, match="too short"):
        parts(samples, 11)


def test_a_run_is_watched(tmp_path: Path) -> None:
    """Records come to the disk; the output is complete at the end; a run that fails says why."""
    papers = write_jsonl(tmp_path / "papers.jsonl", [{"title": f"A note on geese, part {n}"} for n in range(4000)])
    seen = tmp_path / "seen"
    samples = []
    for sample in watched_label([str(papers)], tmp_path / "out.jsonl", (*_WAITING, str(seen), "label"), every=0.001):
        samples.append(sample)
        seen.touch()
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 4000
    assert [s.records for s in samples] == sorted({s.records for s in samples})
    assert samples and all(s.mebibytes > 0 and s.records <= 4000 for s in samples)
    assert Rate(samples[0], samples[-1]).cpu_milliseconds >= 0
    failing = (sys.executable, "-c", "import sys; sys.exit('no geese')")
    with pytest.raises(AreatagError, match="failed: no geese"):
        list(watched_label([str(papers)], tmp_path / "other.jsonl", failing, every=0.001))


def test_kills_cost_no_byte(tmp_path: Path) -> None:
    """Two of them, with a model that takes no time."""
    met, same, left = measure_kills(Options(kills=2, records=6000, seed=1), tmp_path)
    assert isinstance(met.value, int) and met.value <= 2
    assert (same.value, left.value) == (True, 0)
