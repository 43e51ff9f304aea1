"""Real papers through `areatag label`, against the encoder alone on the same papers and threads, in the same run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.scale.options import Options
from benchmarks.scale.watched_run import Rate, tenths, watched_label
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


def measure(options: Options, folder: Path) -> Iterator[Figure]:
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
    alone = [encoder.run(share)]
    yield Figure("encoder alone, before", round(len(share) / alone[0].seconds, 1), "papers/s")
    model = ["--model", options.model] if options.model else []
    samples = watched_label([str(source), "--device", "cpu", *model], folder / "areas.jsonl")
    found: list[Rate] = []
    for part in tenths(samples, len(papers)):
        found.append(part)
        yield Figure(f"tenth {len(found)}", str(part))
    alone.append(encoder.run(share))
    yield Figure("encoder alone, after", round(len(share) / alone[1].seconds, 1), "papers/s")
    yield from _figures(found, alone, len(share))


def _written(options: Options, path: Path) -> tuple[Path, list[Paper]]:
    """So many papers of the pool, in its order, as a file; and the papers."""
    records = (record for record in read_papers(options.papers) if isinstance(record, Paper))
    papers = list(islice(records, options.records or 100_000))
    with path.open("w", encoding="utf-8", errors="replace") as file:
        file.writelines(json.dumps(paper.to_record()) + "\n" for paper in papers)
    return path, papers


class _Taken(NamedTuple):
    seconds: float
    cpu_seconds: float


class _Encoder:
    """The encoder alone, with the threads and streams of `label`."""

    def __init__(self, model: str | None) -> None:
        artefact = Artefact.open(resolve_model(model), verify=False)
        cores = usable_cores()
        self._runtime: EncoderRuntime = load_runtime(artefact.encoder_path, "cpu", cores, streams=cores)
        self._tokenizer, self._most = Tokenizer(artefact.encoder_path / "tokenizer.json"), artefact.max_tokens

    def run(self, papers: Sequence[Paper]) -> _Taken:
        """Seconds by the clock and of CPU for the papers; tokenising is not counted."""
        texts = [paper.text for paper in papers]
        tokens = self._tokenizer.encode(texts, self._most)
        wall, cpu = time.perf_counter(), time.process_time()
        for start in range(0, len(tokens), _ENCODED_AT_ONCE):
            self._runtime.embed(tokens[start : start + _ENCODED_AT_ONCE])
        return _Taken(time.perf_counter() - wall, time.process_time() - cpu)


def _figures(found: list[Rate], encoder: list[_Taken], encoded: int) -> Iterator[Figure]:
    whole, first, last = Rate(found[0].first, found[-1].last), found[0], found[-1]
    steady = Rate(found[1].first, found[-2].last)  # without the first chunks and the last
    alone = len(encoder) * encoded / sum(taken.seconds for taken in encoder)
    alone_cpu = 1000 * sum(taken.cpu_seconds for taken in encoder) / (len(encoder) * encoded)
    clock, cpu = last.a_second / first.a_second, last.cpu_milliseconds / first.cpu_milliseconds
    busy = 100 * steady.cores_busy / usable_cores()
    yield Figure("label", round(whole.a_second, 1), "papers/s")
    yield Figure("label, first tenth", round(first.a_second, 1), "papers/s")
    yield Figure("label, last tenth", round(last.a_second, 1), "papers/s")
    yield Figure("last tenth against the first, by the clock", round(clock, 3), "", "0.95-1.05")
    yield Figure("last tenth against the first, CPU of a paper", round(cpu, 3), "", "0.95-1.05")
    yield Figure("encoder alone, before and after", round(alone, 1), "papers/s")
    yield Figure("label against the encoder alone", round(100 * whole.a_second / alone, 1), "%", "at least 95")
    yield Figure("CPU of a paper, label", round(whole.cpu_milliseconds, 2), "ms")
    yield Figure("CPU of a paper, encoder alone", round(alone_cpu, 2), "ms")
    yield Figure("the same ratio by CPU", round(100 * alone_cpu / whole.cpu_milliseconds, 1), "%", "at least 95")
    yield Figure("use of the cores, second to ninth tenth", round(busy, 1), "%", "above 90")
    for name, memory in (
        ("memory", [part.last.mebibytes for part in found]),
        ("RSS", [part.last.resident for part in found]),
    ):
        yield Figure(f"{name} after the first tenth", round(memory[0]), "MiB")
        yield Figure(f"{name} at the end", round(memory[-1]), "MiB", "as after the first tenth")
