"""Embeddings of papers by the base encoder, kept in a file so that only new papers are embedded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from data.atomic import atomic_write
from data.papers import Paper, content_id
from data.taxonomy import Taxonomy, area_texts
from training.encoder.text_embedding import text_embedder

FloatArray = NDArray[np.float32]
_CHUNK = 256


class FrozenEmbeddings:
    """Unit-length embeddings of texts cut to some tokens, by the base encoder as it was published."""

    def __init__(self, folder: Path, max_tokens: int) -> None:
        self._file = folder / f"base-{max_tokens}-tokens.npz"
        self._max_tokens = max_tokens
        self._known: dict[str, FloatArray] = {}
        if self._file.is_file():
            with np.load(self._file, allow_pickle=False) as stored:
                self._known = dict(zip(stored["contents"].tolist(), stored["rows"], strict=True))

    def of_papers(self, papers: Sequence[Paper]) -> FloatArray:
        """float32 [n, hidden]."""
        return self._of([paper.text for paper in papers])

    def of_areas(self, taxonomy: Taxonomy) -> FloatArray:
        """float32 [areas, hidden], of what the taxonomy says of each area."""
        return self._of(area_texts(taxonomy))

    def _of(self, texts: Sequence[str]) -> FloatArray:
        keys = [content_id("", text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if missing:
            embed = text_embedder(max_tokens=self._max_tokens)
            pending = list(missing.items())
            for start in range(0, len(pending), _CHUNK):
                part = pending[start : start + _CHUNK]
                self._known.update(zip([key for key, _ in part], embed([text for _, text in part]), strict=True))
                self._save()
                typer.echo(f"embedded {start + len(part)} of {len(pending)}", err=True)
        return np.stack([self._known[key] for key in keys])

    def _save(self) -> None:
        with atomic_write(self._file) as stream:
            np.savez(stream, contents=np.array(list(self._known)), rows=np.stack(list(self._known.values())))
