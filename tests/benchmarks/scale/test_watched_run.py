"""Looking at a run of `label` from outside."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.scale.kill import measure as measure_kills
from benchmarks.scale.local import Report
from benchmarks.scale.options import Options
from benchmarks.scale.watched_run import Rate, Sample, tenths, watched_label
from benchmarks.serving.figures import Figure
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


def sample(number: int) -> Sample:
    """The n-th of a run that is even."""
    return Sample(float(number), 2.0 * number, 10 * number, 100.0, 300.0)


def test_tenths_of_a_run() -> None:
    """As many records each, told as soon as each is over; the last is there though no sample sees the very end."""
    for most in (21, 20):
        given, found = [], []
        for part in tenths((given.append(n) or sample(n) for n in range(1, most)), 200):  # type: ignore[func-returns-value]
            found.append(part)
            assert given[-1] * 10 == part.last.records
        assert [part.last.records for part in found] == [*range(20, 200, 20), 10 * (most - 1)]
        assert [(part.a_second, part.cpu_milliseconds, part.cores_busy) for part in found] == [(10.0, 200.0, 2.0)] * 10
    assert str(found[0]).startswith("20 records after 2 s: 10.0 a second, 200.000 ms of CPU each, 2.00 cores busy, 100")
    with pytest.raises(AreatagError, match="too short for ten tenths: there are samples of 3"):
        list(tenths(map(sample, (1, 100, 150, 200)), 2000))


def test_figures_are_kept_as_they_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is cut off has those before."""
    report = Report(tmp_path / "figures.json")
    report.add("tiny", Figure("records", 7, "", "7"))
    report.add("tiny", Figure("growth", 1.5, "MiB"))
    assert json.loads((tmp_path / "figures.json").read_text())["parts"] == {"tiny": {"records": 7, "growth": 1.5}}
    assert "  records: 7 (wanted: 7)\n  growth: 1.5 MiB\n" in capsys.readouterr().out


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
    *kills, met, same, left = measure_kills(Options(kills=2, records=6000, seed=1), tmp_path)
    assert len(kills) == 2
    assert isinstance(met.value, int) and met.value <= 2
    assert (same.value, left.value) == (True, 0)
