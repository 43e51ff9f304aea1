"""Learning an earlier model's embeddings instead of labels, for one that reads less or is smaller.

A student whose embeddings are those of its teacher (Reimers and Gurevych, Making Monolingual Sentence Embeddings
Multilingual using Knowledge Distillation, 2020) needs no labels, keeps the teacher's heads, and cannot learn the labels
of single papers by heart.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from data.papers import Paper
from model.runtimes.cores import usable_cores
from model.tagger import Tagger

_OF_LOGITS = 0.1
"""Weight of the mean squared error of logits, beside that of embeddings."""


class TeacherEmbeddings:
    """What a model's encoder says of papers, read as that model reads them; `size` numbers a paper."""

    def __init__(self, model: Path, device: str) -> None:
        """Load the model, onto a device as `Tagger.load` takes it."""
        self._tagger = Tagger.load(model, device, streams=usable_cores())
        self.size = self._tagger.artefact.hidden_size

    def __call__(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """Embeddings float32 [n, size], without lexical features."""
        return self._tagger.pooled_embeddings(papers)


def imitation_loss(embedding: Tensor, wanted: Tensor, heads: Tensor) -> Tensor:
    """Mean squared error of the embedding, and a share of that of the logits: what heads read counts more.

    Args:
        embedding: float [batch, hidden].
        wanted: float [batch, hidden], the teacher's.
        heads: float [outputs, hidden], weights of the teacher's heads.
    """
    difference = embedding.float() - wanted
    loss: Tensor = difference.square().mean() + _OF_LOGITS * torch.matmul(difference, heads.T).square().mean()
    return loss
