"""The encoder in every library and number format: papers a second, and what that does to micro-F1.

Part of `python -m benchmarks.encoder --gold GOLD.jsonl`. All read the same papers, tokenisation and lexical features
included, and take turns, with the base encoder in torch too (`benchmarks.base_encoder`), which reads them whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.base_encoder import BaseEncoder
from data.papers import Paper
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
BASE = "base encoder, torch f32"
_FEWEST_ROUNDS = 3


def compare_precisions(model: ModelParts, gold: Path, seconds: float) -> dict[str, dict[str, float]]:
    """Measure every runtime of `RUNTIMES`.

    Args:
        model: whose encoder it is.
        gold: labelled papers; those that calibrated the model are scored cross-fitted, as in `areatag evaluate`.
        seconds: for all timed rounds together; each runtime has at least three.

    Returns:
        By name: "papers_per_second" (median of the rounds), "times_base" and, but for the base encoder, which has
        no heads, "micro_f1".
    """
    labelled = list(read_labels(gold, model.taxonomy))
    papers = [item.paper for item in labelled]
    taggers = {name: Tagger(model, start(model.encoder_path)) for name, start in RUNTIMES.items()}
    f1 = {name: evaluate_tagger(tagger, labelled).metrics["micro_f1"] for name, tagger in taggers.items()}
    ways: dict[str, Callable[[Sequence[Paper]], object]] = {BASE: BaseEncoder().embed}
    ways |= {name: tagger.embed for name, tagger in taggers.items()}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    start, rounds = time.monotonic(), 0
    while rounds < _FEWEST_ROUNDS or time.monotonic() - start < seconds:
        for name, embed in ways.items():
            began = time.perf_counter()
            embed(papers)
            rates[name].append(len(papers) / (time.perf_counter() - began))
        rounds += 1
    medians = {name: float(np.median(values)) for name, values in rates.items()}
    found = {name: {"papers_per_second": rate, "times_base": rate / medians[BASE]} for name, rate in medians.items()}
    for name, value in f1.items():
        found[name]["micro_f1"] = value
    return found
