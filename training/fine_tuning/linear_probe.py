"""Heads fitted on the encoder as it is, before it is fine-tuned: a convex problem, solved in seconds for few papers.

The fit starts at the text heads and is held to them by a penalty that cross-validation chooses
(`training.fine_tuning.head_fit`), so areas with few labels keep what their names say. The logits of papers left out
calibrate: slope and offsets are folded into the heads, whose answers then are probabilities from the first step of
fine-tuning on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import datasets
import numpy as np
import torch
from numpy.typing import NDArray

from model.calibration import Calibration
from model.heads import Heads
from model.runtimes.torch_encoder import PooledEncoder
from training.calibration.fit_calibration import fit_calibration
from training.encoder.device import cpu_has_bf16
from training.fine_tuning.examples import collate
from training.fine_tuning.head_fit import fit_scaled_heads

FloatArray = NDArray[np.float32]
TEXT_SCALES = (1.0, 2.0, 3.0, 4.0)
"""Multiples of the text heads that are tried as a start: how much a name and a description say differs by taxonomy."""
_BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """Fitted heads.

    Attributes:
        heads: give calibrated log-odds.
        areas, fields: calibrations that go with them: the identity, with thresholds that suit papers left out.
        penalty: strength of the pull towards the start, chosen by cross-validation.
        held_out: float32 [n, areas + fields], log-odds of every paper by heads that it took no part in, calibrated.
    """

    heads: Heads
    areas: Calibration
    fields: Calibration
    penalty: float
    held_out: FloatArray


def fit_probe(
    encoder: PooledEncoder,
    start: Heads,
    dataset: datasets.Dataset,
    padding_id: int,
    scales: Sequence[float] = TEXT_SCALES,
    seed: int = 0,
) -> Probe:
    """Fit heads to the papers of a training set.

    Args:
        encoder: stays as it is.
        start: float32 weights and biases that the fit is held to.
        dataset: from `training.fine_tuning.examples.build_dataset`.
        padding_id: id of the padding token.
        scales: multiples of the starting weights to try.
        seed: of the folds.
    """
    targets = np.asarray(dataset.with_format("numpy")["labels"][:], dtype=np.float32)  # (n, areas + fields)
    fit = fit_scaled_heads(
        embed_dataset(encoder, dataset, padding_id),
        targets,
        *start.stacked(),
        scales,
        seed,
    )
    count = len(start.area_bias)
    parts = (slice(0, count), slice(count, None))
    found = [calibration_of_targets(fit.held_out[:, part], targets[:, part], seed) for part in parts]
    heads = Heads.from_stacked(fit.weight, fit.bias, count).folded(*found)
    areas, fields = (Calibration(1.0, (0.0,) * len(item.thresholds), item.thresholds) for item in found)
    held_out = [
        np.float32(item.slope) * fit.held_out[:, part] + np.asarray(item.offsets, dtype=np.float32)
        for item, part in zip(found, parts, strict=True)
    ]
    return Probe(heads, areas, fields, fit.penalty, np.hstack(held_out))


def embed_dataset(encoder: PooledEncoder, dataset: datasets.Dataset, padding_id: int) -> FloatArray:
    """Embeddings float32 [n, hidden] of the papers of a training set, on the device of the encoder."""
    was_training = encoder.training
    encoder.eval()
    device = next(encoder.parameters()).device
    order = np.argsort(np.asarray(dataset["length"][:]), kind="stable")  # little padding
    embeddings = np.empty((len(order), encoder.hidden_size), dtype=np.float32)
    half = device.type == "cuda" or cpu_has_bf16()
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=half):
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            batch = collate([dataset[int(row)] for row in rows], padding_id)
            found = encoder(batch["input_ids"].to(device), batch["attention_mask"].to(device))
            embeddings[rows] = found.float().cpu().numpy()
    encoder.train(was_training)
    return embeddings


def calibration_of_targets(logits: FloatArray, targets: FloatArray, seed: int) -> Calibration:
    """Fit a calibration to the papers whose targets are all known; soft ones count as what is likelier.

    Args:
        logits: float32 [n, outputs], of heads that the papers took no part in.
        targets: float32 [n, outputs], probabilities; NaN where nothing is known.
        seed: of the folds.
    """
    complete = ~np.isnan(targets).any(axis=1)
    return fit_calibration(logits[complete], targets[complete] >= 0.5, seed)
