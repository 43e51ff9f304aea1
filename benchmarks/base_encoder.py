"""The encoder that the bundled model began as, in torch and float32: what speeds are compared with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from model.runtimes.torch import TorchRuntime
from training.encoder.base_encoder import load_tokenizer, resolve_encoder

MAX_TOKENS = 256
"""Tokens of a paper that it reads."""


class BaseEncoder:
    """The encoder before any training, with its own tokenizer, so that it stays the same whatever the model becomes."""

    def __init__(self) -> None:
        path = resolve_encoder(None)
        self._tokenizer, self._runtime = load_tokenizer(path), TorchRuntime(Path(path), "cpu", "f32")

    def count_tokens(self, text: str) -> int:
        """Tokens of a whole text."""
        return len(self._tokenizer.encode([text], 100_000)[0])

    def embed(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """Embeddings float32 [n, hidden]."""
        return self._runtime.embed(self._tokenizer.encode([paper.text for paper in papers], MAX_TOKENS))

    def rate(self, papers: Sequence[Paper]) -> float:
        """Papers a second, on all cores."""
        start = time.perf_counter()
        self.embed(papers)
        return len(papers) / (time.perf_counter() - start)
