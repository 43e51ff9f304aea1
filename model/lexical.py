"""What a paper's words say, beside what the encoder reads: TF-IDF of words and word pairs, projected on a few numbers.

A small encoder knows few rare terms, and a linear model over words knows little else; their errors differ, so both
together do better than either (training/EXPERIMENTS.md). The projection is learned with the labels
(`training.lexical`): one number for each area and field of the training, around zero over training papers. The heads
read these numbers beside the embedding, so areas can be added, removed and retrained as before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from data.errors import AreatagError
from data.papers import Paper

FILE_NAME = "lexical.safetensors"
FloatArray = NDArray[np.float32]

_WORD = re.compile(r"[^\W_]{2,}")
_SEPARATOR = "\n"


def terms_of(paper: Paper) -> list[str]:
    """Words and pairs of neighbouring words of a paper, in lower case; those of the title twice."""
    title, abstract = (_WORD.findall(text.lower()) for text in (paper.title, paper.abstract))
    parts = (title, title, abstract)
    return [term for words in parts for term in (*words, *map(" ".join, pairwise(words)))]


@dataclass(frozen=True, slots=True, eq=False)
class LexicalFeatures:
    """A vocabulary and what its terms say.

    Attributes:
        columns: row of each term in the arrays.
        idf: float32 [terms], inverse document frequency.
        projection: float16 [terms, size].
        offset: float32 [size], added to every paper's numbers.
    """

    columns: Mapping[str, int]
    idf: FloatArray
    projection: NDArray[np.float16]
    offset: FloatArray

    @property
    def size(self) -> int:
        """How many numbers a paper gets."""
        return len(self.offset)

    def __call__(self, papers: Sequence[Paper]) -> FloatArray:
        """float32 [n, size]; those of a paper do not depend on the others."""
        return np.stack([self._of(paper) for paper in papers]) if papers else np.empty((0, self.size), np.float32)

    def _of(self, paper: Paper) -> FloatArray:
        rows = [row for term in terms_of(paper) if (row := self.columns.get(term)) is not None]
        if not rows:
            return self.offset
        known, counts = np.unique(np.array(rows, dtype=np.int64), return_counts=True)
        weights = (1.0 + np.log(counts)) * self.idf[known]
        weights = (weights / np.sqrt(weights @ weights)).astype(np.float32)
        return np.asarray(weights @ self.projection[known].astype(np.float32) + self.offset, dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write the file into a model directory, before its manifest is written."""
        terms = sorted(self.columns, key=self.columns.__getitem__)
        tensors: dict[str, NDArray[np.generic]] = {
            "terms": np.frombuffer(_SEPARATOR.join(terms).encode(), dtype=np.uint8),
            "idf": self.idf,
            "projection": np.ascontiguousarray(self.projection),
            "offset": self.offset,
        }
        save_file(tensors, folder / FILE_NAME)

    @classmethod
    def load(cls, folder: Path) -> LexicalFeatures | None:
        """Read the file of a model directory; None where a model has none.

        Raises:
            AreatagError: the file is damaged.
        """
        path = folder / FILE_NAME
        if not path.is_file():
            return None
        try:
            tensors = load_file(path)
            terms = tensors["terms"].tobytes().decode().split(_SEPARATOR)
            idf, projection, offset = (tensors[name] for name in ("idf", "projection", "offset"))
        except (SafetensorError, OSError, KeyError, UnicodeDecodeError) as error:
            raise AreatagError(f"{path}: cannot be read ({error}); install the model again") from error
        if idf.shape != (len(terms),) or projection.shape != (len(terms), *offset.shape) or offset.ndim != 1:
            raise AreatagError(f"{path}: its arrays do not fit each other; install the model again")
        return cls({term: row for row, term in enumerate(terms)}, idf, projection, offset)
