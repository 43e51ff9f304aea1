"""What a retraining learns from and is evaluated on, kept in its folder so that it can be resumed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.atomic import atomic_text
from data.label_matrix import area_targets
from data.labels import LabelledPaper
from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, SoftLabels, write_soft_labels
from data.taxonomy import Taxonomy

FloatArray = NDArray[np.float32]
_PARTS = ("train", "calibration", "held_out", "replay", "replay_check")


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Papers (n) with what is known of them.

    Attributes:
        values: float32 [n, areas], probabilities of the areas; NaN where nothing is known.
    """

    papers: tuple[Paper, ...]
    values: FloatArray

    @classmethod
    def of_labels(cls, labels: Sequence[LabelledPaper], taxonomy: Taxonomy) -> Self:
        """Targets of labels: 1, 0, and NaN for what an incomplete one leaves open."""
        return cls(tuple(label.paper for label in labels), area_targets(labels, taxonomy))

    def where(self, chosen: NDArray[np.bool_]) -> Targets:
        """The papers marked in bool [n]."""
        return Targets(tuple(p for p, take in zip(self.papers, chosen, strict=True) if take), self.values[chosen])

    def __len__(self) -> int:
        return len(self.papers)


@dataclass(frozen=True, slots=True, eq=False)
class RetrainInputs:
    """Papers by what they are for.

    Attributes:
        replay: papers with the earlier model's probabilities (or soft labels that were given), to train on.
        replay_check: the like, not trained on: on these the two models are compared.
        replay_source: "soft labels", "papers", "label store", "tagged papers", or "none".
        left_out: which labels are used for nothing, and why: a sentence, or "".
    """

    taxonomy: Taxonomy
    train: Targets
    calibration: Targets
    held_out: Targets
    replay: Targets
    replay_check: Targets
    replay_source: str
    left_out: str = ""

    def learned_from(self) -> tuple[Paper, ...]:
        """Every paper that takes part in the making of the model: all but the held-out ones."""
        return (*self.train.papers, *self.calibration.papers, *self.replay.papers)

    def save(self, folder: Path) -> None:
        """Write everything to a folder, which gets its name when it is complete.

        Raises:
            AreatagError: the disk is full or fails.
        """
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for name in _PARTS:
            part: Targets = getattr(self, name)
            ones = np.ones(len(part), dtype=np.float32)
            batches = [SoftLabelBatch(part.papers, part.values, ones)] if len(part) else []
            write_soft_labels(partial / f"{name}.parquet", self.taxonomy, Provenance(), batches)
        with atomic_text(partial / "replay.json") as stream:
            json.dump({"source": self.replay_source, "labels_left_out": self.left_out}, stream)
        partial.rename(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote; raises AreatagError when it is damaged."""
        files = {name: SoftLabels(folder / f"{name}.parquet") for name in _PARTS}
        noted = json.loads((folder / "replay.json").read_text())
        parts = {name: _targets(file) for name, file in files.items()}
        return cls(
            taxonomy=files["train"].taxonomy,
            replay_source=noted["source"],
            left_out=noted.get("labels_left_out", ""),  # a job of an earlier release has none
            **parts,
        )


def _targets(file: SoftLabels) -> Targets:
    batches = list(file.batches())
    papers = tuple(paper for batch in batches for paper in batch.papers)
    values = [batch.probabilities for batch in batches]
    areas = len(file.taxonomy.areas)
    return Targets(papers, np.concatenate(values) if values else np.empty((0, areas), dtype=np.float32))
