"""Lexical features of a paper, beside its embedding: TF-IDF of words and word pairs, projected on a few features.

A small encoder knows few rare terms, and a linear model over words knows little else; their errors differ, so both
together do better than either (training/EXPERIMENTS.md). The projection is learned with the labels
(`training.fine_tuning.lexical`): one feature for each area and field of the training, with mean 0 over training
papers. The heads read them beside the embedding, so areas can be added, removed and retrained as before. Most weights
of the projection are dropped, since a term is typical of few areas.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from data.errors import AreatagError
from data.papers import Paper
from model.tensors import Wanted, read_tensors

FILE_NAME = "lexical.safetensors"
FloatArray = NDArray[np.float32]

_WORD = re.compile(r"[^\W_]{2,}")
_SEPARATOR = "\n"
_LARGEST = 127
_BYTE = 256
_MOST_TERM_BYTES = 100_000_000
_TENSORS = {
    "terms": Wanted((None,), ("uint8",)),
    "idf": Wanted((None,)),
    "starts": Wanted((None,), ("int32",)),
    "outputs": Wanted((None,), ("uint16", "uint8")),
    "weights": Wanted((None,), ("int8",)),
    "scale": Wanted((1,), ("float64",)),
    "offset": Wanted((None,)),
}


def terms_of(paper: Paper) -> list[str]:
    """Words and pairs of neighbouring words of a paper, in lower case; those of the title twice."""
    title, abstract = (_WORD.findall(text.lower()) for text in (paper.title, paper.abstract))
    parts = (title, title, abstract)
    return [term for words in parts for term in (*words, *map(" ".join, pairwise(words)))]


@dataclass(frozen=True, slots=True, eq=False)
class LexicalFeatures:
    """A vocabulary and its projection, a sparse matrix [terms, size] in compressed rows.

    Attributes:
        row_of: row of each term in the matrix.
        idf: float32 [terms], inverse document frequency.
        starts: int32 [terms + 1], where each term's entries start.
        outputs: uint16 [entries], which feature an entry adds to.
        weights: int8 [entries], in units of `scale`.
        scale: of the weights.
        offset: float32 [size], added to every paper's features.
    """

    row_of: Mapping[str, int]
    idf: FloatArray
    starts: NDArray[np.int32]
    outputs: NDArray[np.uint16]
    weights: NDArray[np.int8]
    scale: float
    offset: FloatArray

    @classmethod
    def from_dense(
        cls, terms: Sequence[str], idf: FloatArray, projection: FloatArray, offset: FloatArray
    ) -> LexicalFeatures:
        """Keep what is not zero of a projection float32 [terms, size]."""
        rows, outputs = np.nonzero(projection)
        values = projection[rows, outputs]
        scale = float(np.abs(values).max(initial=1e-9)) / _LARGEST
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(terms)))]).astype(np.int32)
        row_of = {term: row for row, term in enumerate(terms)}
        weights = np.rint(values / scale).astype(np.int8)
        return cls(row_of, idf, starts, outputs.astype(np.uint16), weights, scale, offset)

    @property
    def size(self) -> int:
        """How many features a paper gets."""
        return len(self.offset)

    def __call__(self, papers: Sequence[Paper]) -> FloatArray:
        """float32 [n, size]; those of a paper do not depend on the others."""
        return np.stack([self._of(paper) for paper in papers]) if papers else np.empty((0, self.size), np.float32)

    def _of(self, paper: Paper) -> FloatArray:
        rows = [row for row in map(self.row_of.get, terms_of(paper)) if row is not None]
        if not rows:
            return self.offset
        known, times = np.unique(np.array(rows, dtype=np.int64), return_counts=True)
        tfidf = (1.0 + np.log(times)) * self.idf[known]
        tfidf /= np.sqrt(tfidf @ tfidf)
        starts, counts = self.starts[known], self.starts[known + 1] - self.starts[known]
        before = np.cumsum(counts) - counts  # entries of the terms before each
        entries = np.arange(counts.sum()) + np.repeat(starts - before, counts)
        said = np.repeat(tfidf, counts) * self.weights[entries]
        features = self.scale * np.bincount(self.outputs[entries], weights=said, minlength=self.size)
        return np.asarray(features + self.offset, dtype=np.float32)

    def to_bytes(self) -> bytes:
        """The content of the file in a model directory."""
        terms = _SEPARATOR.join(sorted(self.row_of, key=self.row_of.__getitem__))
        tensors: dict[str, NDArray[np.generic]] = {
            "terms": np.frombuffer(zlib.compress(terms.encode(), level=9), dtype=np.uint8),
            "idf": self.idf,
            "starts": self.starts,
            "outputs": self.outputs.astype(np.uint8) if self.size <= _BYTE else self.outputs,
            "weights": self.weights,
            "scale": np.array([self.scale], dtype=np.float64),
            "offset": self.offset,
        }
        return save(tensors)

    @classmethod
    def load(cls, folder: Path) -> LexicalFeatures:
        """Read the file of a model directory that has one.

        Raises:
            AreatagError: the file is damaged.
        """
        path = folder / FILE_NAME
        tensors, _ = read_tensors(path, _TENSORS)
        terms = _terms(path, tensors["terms"].tobytes())
        idf, starts, outputs, weights = (tensors[name] for name in ("idf", "starts", "outputs", "weights"))
        offset = tensors["offset"]
        fits = len(idf) == len(terms) == len(starts) - 1 and len(outputs) == len(weights) == starts[-1]
        if not fits or starts[0] != 0 or (np.diff(starts) < 0).any() or outputs.max(initial=0) >= len(offset):
            raise AreatagError(f"{path}: its arrays do not fit each other; install the model again")
        row_of = {term: row for row, term in enumerate(terms)}
        return cls(row_of, idf, starts, outputs.astype(np.uint16), weights, float(tensors["scale"][0]), offset)


def _terms(path: Path, compressed: bytes) -> list[str]:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(compressed, _MOST_TERM_BYTES).decode()
    except (UnicodeDecodeError, zlib.error) as error:
        raise AreatagError(f"{path}: cannot be read ({error}); install the model again") from error
    if not inflater.eof:
        raise AreatagError(f"{path}: its terms are cut short or far too many; install the model again")
    return text.split(_SEPARATOR)
