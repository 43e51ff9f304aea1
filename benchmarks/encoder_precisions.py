"""The encoder in every library and number format: papers a second, and what that does to micro-F1.

Part of `python -m benchmarks.encoder --gold GOLD.jsonl`. All read the same papers, tokenisation and lexical features
included, and take turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from data.readers.labels import read_labels
from model.artefact import ModelParts
from model.runtimes.load import EncoderRuntime
from model.runtimes.openvino import OpenVinoRuntime
from model.runtimes.torch import TorchRuntime
from model.tagger import Tagger
from training.evaluation.report import evaluate_tagger

RUNTIMES: Mapping[str, Callable[[Path], EncoderRuntime]] = {
    "torch f32": lambda encoder: TorchRuntime(encoder, "cpu", "f32"),
    "torch bf16": lambda encoder: TorchRuntime(encoder, "cpu", "bf16"),
    "OpenVINO f32": lambda encoder: OpenVinoRuntime(encoder, precision="f32"),
    "OpenVINO bf16": lambda encoder: OpenVinoRuntime(encoder, precision="bf16"),
    "OpenVINO int8": lambda encoder: OpenVinoRuntime(encoder, precision="int8"),
}
"""Each on all cores. Where the processor lacks bf16 or VNNI, that row is slow, and nothing would choose it."""
_FEWEST_ROUNDS = 3


def compare_precisions(model: ModelParts, gold: Path, seconds: float) -> dict[str, dict[str, float]]:
    """Measure every runtime of `RUNTIMES`.

    Args:
        model: whose encoder it is.
        gold: labelled papers; those that calibrated the model are scored cross-fitted, as in `areatag evaluate`.
        seconds: for all timed rounds together; each runtime has at least three.

    Returns:
        By name: "papers_per_second" (median of the rounds), "times_torch_f32", "micro_f1".
    """
    labelled = list(read_labels(gold, model.taxonomy))
    papers = [item.paper for item in labelled]
    taggers = {name: Tagger(model, start(model.encoder_path)) for name, start in RUNTIMES.items()}
    f1 = {name: evaluate_tagger(tagger, labelled).metrics["micro_f1"] for name, tagger in taggers.items()}
    rates: dict[str, list[float]] = {name: [] for name in taggers}
    start, rounds = time.monotonic(), 0
    while rounds < _FEWEST_ROUNDS or time.monotonic() - start < seconds:
        for name, tagger in taggers.items():
            began = time.perf_counter()
            tagger.embed(papers)
            rates[name].append(len(papers) / (time.perf_counter() - began))
        rounds += 1
    medians = {name: float(np.median(values)) for name, values in rates.items()}
    return {
        name: {
            "papers_per_second": medians[name],
            "times_torch_f32": medians[name] / medians["torch f32"],
            "micro_f1": f1[name],
        }
        for name in taggers
    }
