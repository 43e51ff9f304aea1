"""What the labelling functions of a run are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from data.papers import Paper
from data.rules import AreaRules
from data.taxonomy import Taxonomy
from training.votes.vote_matrix import Labels

Floats32 = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Floats32]
"""Texts to embeddings of length 1, float32 [texts, dimensions]."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a file of labelling functions may use to make them, in its `sources`."""

    taxonomy: Taxonomy
    rules: Mapping[str, AreaRules]
    """Labelling rules by area."""
    papers: Sequence[Paper]
    """All papers to be voted on."""
    labelled: Sequence[Paper] = ()
    """Papers with recorded votes, from which a function may learn."""
    labels: Labels | None = None
    """Their labels, int8 [labelled, areas]; None: there are none."""
    embed: Embed | None = None
    """Encoder of texts; None: functions do without."""
    files: Sequence[Path] = ()
    """Python files in which the user has registered functions."""
    seed: int = 0
    """Seed of samples."""
