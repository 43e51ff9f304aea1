"""Annif's strongest single backend, Omikuji (Parabel), trained on soft labels the way that Annif would.

TF-IDF of Snowball stems of words with at least three characters, and Omikuji's settings, are Annif's defaults
(Suominen, Inkinen and Lehtinen, Annif and Finto AI, 2022; Prabhu et al., Parabel, 2018). Annif learns from yes and no:
a soft label of at least one half is a yes. `limit` and `threshold`, with which its users choose what is given out, are
tuned for micro-F1 on papers outside the scored fold.
"""

from __future__ import annotations

import functools
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import omikuji
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.datasets import dump_svmlight_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import KFold
from snowballstemmer import stemmer

from data.papers import Paper
from data.soft_labels import SoftLabels
from training.fine_tuning.near_duplicates import NearDuplicates

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

LIMITS = range(1, 11)
THRESHOLDS = np.linspace(0.02, 0.9, 45)
FOLDS = 5
_STEMMER = stemmer("english")


@dataclass(frozen=True, slots=True)
class Omikuji:
    """A trained model with its features."""

    vectorizer: TfidfVectorizer
    model: omikuji.Model
    areas: int

    @classmethod
    def train(cls, soft: SoftLabels, held_out: NearDuplicates, most: int | None = None) -> Omikuji:
        """Train on papers that have an area; never on held-out ones or near-duplicates of them.

        Args:
            soft: papers and their soft labels.
            held_out: papers that must not be trained on.
            most: papers to train on, the first of the file; None: all.
        """
        texts, rows = _training_set(soft, held_out, most)
        vectorizer = TfidfVectorizer(tokenizer=stems, token_pattern=None, lowercase=False)
        features = vectorizer.fit_transform(texts)
        areas = len(soft.taxonomy.areas)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            with path.open("wb") as stream:
                stream.write(f"{features.shape[0]} {features.shape[1]} {areas}\n".encode())
                dump_svmlight_file(features, csr_matrix(np.stack(rows)), stream, multilabel=True)
            return cls(vectorizer, omikuji.Model.train_on_data(str(path)), areas)

    def scores(self, papers: Sequence[Paper]) -> FloatArray:
        """Scores float32 [n, areas], 0 to 1; 0 for areas that Omikuji's beam search does not reach."""
        features = csr_matrix(self.vectorizer.transform([paper.text for paper in papers]))
        scores = np.zeros((len(papers), self.areas), dtype=np.float32)
        for row in range(len(papers)):
            span = slice(features.indptr[row], features.indptr[row + 1])
            pairs = list(zip(features.indices[span].tolist(), features.data[span].tolist(), strict=True))
            for area, score in self.model.predict(pairs, top_k=self.areas) if pairs else ():
                scores[row, area] = score
        return scores


def tuned_predictions(scores: FloatArray, labels: BoolArray) -> BoolArray:
    """Areas given out, bool [n, areas]: every paper by the limit and threshold that are best on the other folds."""
    given = np.zeros(labels.shape, dtype=bool)
    settings = {(limit, cut): _given(scores, limit, cut) for limit in LIMITS for cut in THRESHOLDS.tolist()}
    for others, fold in KFold(FOLDS, shuffle=True, random_state=0).split(scores):
        best = max(settings, key=lambda setting: _micro_f1(settings[setting][others], labels[others]))
        given[fold] = settings[best][fold]
    return given


def stems(text: str) -> list[str]:
    """Stems of the words that Annif's Snowball analyzer keeps: at least three characters, one of them a letter."""
    words = re.findall(r"\w{3,}", text.lower())
    return [_stem(word) for word in words if any(character.isalpha() for character in word)]


@functools.lru_cache(maxsize=500_000)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))


def _training_set(soft: SoftLabels, held_out: NearDuplicates, most: int | None) -> tuple[list[str], list[BoolArray]]:
    texts: list[str] = []
    rows: list[BoolArray] = []
    for batch in soft.batches():
        for paper, labels in zip(batch.papers, np.nan_to_num(batch.probabilities) >= 0.5, strict=True):
            if labels.any() and paper not in held_out and (most is None or len(texts) < most):
                texts.append(paper.text)
                rows.append(labels)
    return texts, rows


def _given(scores: FloatArray, limit: int, threshold: float) -> BoolArray:
    lowest = np.sort(scores, axis=1)[:, -min(limit, scores.shape[1])][:, None]
    return np.asarray((scores >= np.maximum(lowest, threshold)) & (scores > 0))


def _micro_f1(given: BoolArray, labels: BoolArray) -> float:
    return float(2 * (given & labels).sum() / max(int(given.sum() + labels.sum()), 1))
