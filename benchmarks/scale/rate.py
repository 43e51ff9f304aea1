"""Real papers through `areatag label`, against the encoder alone on the same papers and threads, in the same run."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from benchmarks.scale.options import Options
from benchmarks.scale.watched_run import Rate, Sample, parts, watched_label
from benchmarks.serving.figures import Figure
from data.errors import AreatagError
from data.papers import Paper
from data.readers import read_papers
from model.artefact import Artefact
from model.runtimes.cores import usable_cores
from model.runtimes.load import EncoderRuntime, load_runtime
from model.runtimes.tokenization import Tokenizer
from model.versions import resolve_model

_ENCODED_AT_ONCE = 512
_PARTS = 5


def measure(options: Options, folder: Path) -> list[Figure]:
    """Rates by the clock, which need a quiet machine, and by seconds of CPU, which do not; memory over the run.

    The encoder alone works before and after, each time on a part of the papers: what else the machine does meanwhile
    should not count for one of both.
    """
    if not options.papers:
        raise AreatagError("Name files or folders of papers to measure the rate: --papers POOL.")
    source, papers = _written(options, folder / "papers.jsonl")
    encoder = _Encoder(options.model)
    share = papers[:: max(1, len(papers) // options.encoder_papers)]
    encoder.run(share[:_ENCODED_AT_ONCE])  # to warm up
    before = encoder.run(share)
    model = ["--model", options.model] if options.model else []
    samples = list(watched_label([str(source), "--device", "cpu", *model], folder / "areas.jsonl"))
    after = encoder.run(share)
    return _figures(samples, [before, after], len(share))


def _written(options: Options, path: Path) -> tuple[Path, list[Paper]]:
    """So many papers of the pool, in its order, as a file; and the papers."""
    records = (record for record in read_papers(options.papers) if isinstance(record, Paper))
    papers = list(islice(records, options.records or 100_000))
    with path.open("w", encoding="utf-8", errors="replace") as file:
        file.writelines(json.dumps(paper.to_record()) + "\n" for paper in papers)
    return path, papers


class _Encoder:
    """The encoder alone, with the threads and streams of `label`."""

    def __init__(self, model: str | None) -> None:
        artefact = Artefact.open(resolve_model(model), verify=False)
        cores = usable_cores()
        self._runtime: EncoderRuntime = load_runtime(artefact.encoder_path, "cpu", cores, streams=cores)
        self._tokenizer, self._most = Tokenizer(artefact.encoder_path / "tokenizer.json"), artefact.max_tokens

    def run(self, papers: Sequence[Paper]) -> tuple[float, float]:
        """Seconds by the clock and of CPU for the papers; tokenising is not counted."""
        texts = [paper.text for paper in papers]
        tokens = self._tokenizer.encode(texts, self._most)
        wall, cpu = time.perf_counter(), time.process_time()
        for start in range(0, len(tokens), _ENCODED_AT_ONCE):
            self._runtime.embed(tokens[start : start + _ENCODED_AT_ONCE])
        return time.perf_counter() - wall, time.process_time() - cpu


def _figures(samples: list[Sample], encoder: list[tuple[float, float]], encoded: int) -> list[Figure]:
    found = parts(samples, _PARTS)
    whole, first, last = Rate(samples[0], samples[-1]), found[0], found[-1]
    alone = len(encoder) * encoded / sum(wall for wall, _ in encoder)
    alone_cpu = 1000 * sum(cpu for _, cpu in encoder) / (len(encoder) * encoded)
    cores = usable_cores()
    clock, cpu = last.a_second / first.a_second, last.cpu_milliseconds / first.cpu_milliseconds
    return [
        Figure("label", round(whole.a_second, 1), "papers/s"),
        Figure("encoder alone", round(alone, 1), "papers/s"),
        Figure("label against the encoder alone", round(100 * whole.a_second / alone, 1), "%", "at least 95"),
        Figure("CPU of a paper, label", round(whole.cpu_milliseconds, 2), "ms"),
        Figure("CPU of a paper, encoder alone", round(alone_cpu, 2), "ms"),
        Figure("the same ratio by CPU", round(100 * alone_cpu / whole.cpu_milliseconds, 1), "%", "at least 95"),
        Figure("use of the cores", round(100 * whole.cores_busy / cores, 1), "%", "above 90"),
        Figure("last fifth against the first, by the clock", round(clock, 3), "", "0.95-1.05"),
        Figure("last fifth against the first, CPU of a paper", round(cpu, 3)),
        Figure("memory after the first fifth", round(first.last.mebibytes), "MiB"),
        Figure("memory at the end", round(last.last.mebibytes), "MiB", "as after the first fifth"),
    ]
