"""The encoder alone, without texts and heads: `python -m benchmarks.encoder [--gold GOLD.jsonl] [-o FILE]`.

Papers a second of OpenVINO's CPU plugin, by batch size and by how its threads are set, and for papers of mixed lengths
by how much is padded; with gold, torch and OpenVINO in every number format, with the micro-F1 of each; then `areatag
label` on papers of as many tokens, beside the base encoder in torch on the same ones. All ways take turns, so that
another load on the machine meets each of them alike: compare figures of one run only.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import openvino
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.base_encoder import BaseEncoder
from benchmarks.encoder_precisions import compare_precisions
from benchmarks.machine import describe_machine
from benchmarks.serving.part import Options
from benchmarks.serving.saturation import label_rate
from data.atomic import atomic_text
from model.artefact import Artefact
from model.runtimes.openvino import BATCH_SIZE, MOST_PADDING
from model.runtimes.tokenization import batches_by_length
from model.versions import resolve_model

_BATCHES = (1, 2, 4, 8, 16, 32)
_MIXED_TEXTS = 32
_BASE_PAPERS = 320
_SETTINGS: dict[str, dict[str, object]] = {
    "all cores": {"PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": False},
    "all cores, pinned": {"PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": True},
    "one thread": {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1},
}

Ids = npt.NDArray[np.int64]
Way = Callable[[], object]


def ways(artefact: Artefact, tokens: int) -> Iterator[tuple[str, int, Way]]:
    """Every way to encode: its name, how many papers one run of it encodes, and the run."""
    core = openvino.Core()
    graph = core.read_model(artefact.encoder_path / "encoder.onnx")
    random = np.random.default_rng(0)
    for name, settings in _SETTINGS.items():
        request = core.compile_model(graph, "CPU", settings).create_infer_request()
        for size in _BATCHES if name == "all cores" else (1, BATCH_SIZE):
            yield f"{name}, {size} at a time", size, _infer(request, _batch(random, size, tokens))
    streams = core.compile_model(graph, "CPU", {"PERFORMANCE_HINT": "THROUGHPUT"})
    queue = openvino.AsyncInferQueue(streams)
    for size in (1, BATCH_SIZE):
        yield f"a stream a core, {size} at a time", 8 * size, _infer_all(queue, _batch(random, size, tokens), 8)
    request = core.compile_model(graph, "CPU", _SETTINGS["all cores"]).create_infer_request()
    texts = [
        random.integers(1000, 20000, length).tolist() for length in random.integers(tokens // 4, tokens, _MIXED_TEXTS)
    ]
    for share in (0.0, MOST_PADDING, 0.3, 1.0):
        batches = [inputs for _, *inputs in batches_by_length(texts, BATCH_SIZE, share)]
        yield f"mixed lengths, padded by up to {share:.0%}", len(texts), _infer_each(request, batches)


def _batch(random: np.random.Generator, size: int, tokens: int) -> list[Ids]:
    """Input ids and an attention mask, both int64 [size, tokens]."""
    return [random.integers(1000, 20000, (size, tokens)), np.ones((size, tokens), np.int64)]


def _infer(request: Any, inputs: list[Ids]) -> Way:
    return lambda: request.infer(inputs, share_outputs=True)


def _infer_each(request: Any, batches: list[list[Ids]]) -> Way:
    return lambda: [request.infer(inputs, share_outputs=True) for inputs in batches]


def _infer_all(queue: Any, inputs: list[Ids], times: int) -> Way:
    def run() -> None:
        for _ in range(times):
            queue.start_async(inputs)
        queue.wait_all()

    return run


def measure(found: list[tuple[str, int, Way]], seconds: float) -> dict[str, list[float]]:
    """Milliseconds a paper of every way, one value a round; at least three rounds after one to warm up."""
    times: dict[str, list[float]] = {name: [] for name, _, _ in found}
    start = time.monotonic()
    rounds = 0
    while rounds < 4 or time.monotonic() - start < seconds:
        for name, papers, run in found:
            with _timed() as clock:
                run()
            if rounds:
                times[name].append(1000 * clock[0] / papers)
        rounds += 1
    return times


@contextmanager
def _timed() -> Iterator[list[float]]:
    clock = [time.perf_counter()]
    yield clock
    clock[0] = time.perf_counter() - clock[0]


def _of_precisions(compared: dict[str, dict[str, float]]) -> Table:
    table = Table("encoder", "papers/s, median", "times the base encoder", "micro-F1")
    for name, row in compared.items():
        f1 = f"{row['micro_f1']:.4f}" if "micro_f1" in row else ""
        table.add_row(name, f"{row['papers_per_second']:.1f}", f"{row['times_base']:.1f}", f1)
    return table


def main(
    model: Annotated[str | None, typer.Option(help="Model; by default the active one.")] = None,
    tokens: Annotated[int, typer.Option(min=8, max=512, help="Tokens of a paper.")] = 256,
    seconds: Annotated[float, typer.Option(min=1, help="Time for the encoder.")] = 120.0,
    label: Annotated[int, typer.Option(min=0, help="Papers for `areatag label`; 0: leave it out.")] = 1000,
    gold: Annotated[Path | None, typer.Option(help="Labelled papers, to compare number formats on.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="JSON file for the figures.")] = None,
) -> None:
    """Measure and print."""
    artefact = Artefact.open(resolve_model(model), verify=False)
    found = list(ways(artefact, tokens))
    times = measure(found, seconds)
    rows = {name: {"median": float(np.median(values)), "best": min(values)} for name, values in times.items()}
    report: dict[str, Any] = {"machine": describe_machine(), "model": artefact.version, "tokens": tokens, "ms": rows}
    table = Table("way", "ms a paper, median", "best", "papers/s, median")
    for name, row in rows.items():
        table.add_row(name, f"{row['median']:.2f}", f"{row['best']:.2f}", f"{1000 / row['median']:.1f}")
    console = Console()
    console.print(f"{report['machine']}, model {artefact.version}, {tokens} tokens")
    console.print(table)
    if gold is not None:
        report["precisions"] = compared = compare_precisions(artefact, gold, seconds)
        console.print(_of_precisions(compared))
    if label:
        options, base = Options(model=model, tokens=tokens), BaseEncoder()
        papers = options.papers(label)
        slow = [base.rate(papers[:_BASE_PAPERS])]
        report["areatag_label_papers_per_second"] = rate = label_rate(papers, options)
        slow.append(base.rate(papers[:_BASE_PAPERS]))
        report["base_encoder_papers_per_second"] = slow
        console.print(
            f"areatag label: {rate:.1f} papers/s; the base encoder in torch f32 {slow[0]:.1f} before and {slow[1]:.1f} "
            f"after it, so {rate * len(slow) / sum(slow):.1f} times that"
        )
    if output is not None:
        with atomic_text(output) as stream:
            stream.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    typer.run(main)
