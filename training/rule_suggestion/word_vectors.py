"""Vectors of texts without an encoder: latent semantic analysis, for those who want phrase rules in seconds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from training.votes.material import Embed, Floats32

DIMENSIONS = 200


def fit_word_vectors(texts: Sequence[str], seed: int = 0) -> Embed:
    """A function from n texts to float32 [n, dimensions] of length 1, learned from the words of the given texts.

    TF-IDF reduced to its largest singular directions (Deerwester et al., Indexing by Latent Semantic Analysis, 1990).
    """
    words = TfidfVectorizer(stop_words="english", sublinear_tf=True, dtype=np.float32)
    counts = words.fit_transform(texts)
    size = min(DIMENSIONS, counts.shape[0] - 1, counts.shape[1] - 1)
    reduced = TruncatedSVD(size, random_state=seed).fit(counts) if size >= 1 else None

    def embed(given: Sequence[str]) -> Floats32:
        rows = words.transform(given)
        vectors = rows.toarray() if reduced is None else reduced.transform(rows)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)

    return embed
