"""A learned labelling function: a text classifier trained on the recorded votes, voting by its score's level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor
from scipy.linalg.blas import ssymm
from scipy.linalg.lapack import spotri
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from data.papers import Paper
from training.votes.material import Embed, Floats32, Material
from training.votes.vote_matrix import AGAINST, FOR, LabellingFunction, Votes

_SOURCE = "learned"
LEVELS = (0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.65)  # scores from which a function votes for the area
LOW = 0.005  # a score below votes against it
TITLE_WEIGHT = 0.5  # of the title's terms beside the whole text's, both TF-IDF vectors of length 1
CATEGORY_WEIGHT = 0.3  # of one category
MAX_TERMS = 60_000
PENALTIES = (0.1, 0.3, 1.0)  # the one with the least leave-one-out error is used
TRIED_ON = 3000  # papers on which the penalties are compared, for their cost grows with the cube of this
MOST_LABELLED = 12_000  # papers that it learns from: time grows with the cube of their number, memory with its square
MIN_LABELLED = 50  # fewer labelled papers teach a text classifier nothing


def sources(material: Material) -> list[Learned]:
    """Where enough papers have recorded votes: what they teach."""
    if material.labels is None or len(material.labelled) < MIN_LABELLED:
        return []
    return [Learned.fit(material.labelled, material.labels, material.embed)]


class _Features:
    """TF-IDF of words and word pairs, the categories, and the embedding where there is an encoder."""

    def __init__(self, papers: Sequence[Paper], embed: Embed | None) -> None:
        rarest = 3 if len(papers) > 500 else 1
        self._text, self._title = (
            TfidfVectorizer(
                ngram_range=(1, 2), min_df=rarest, max_features=MAX_TERMS, sublinear_tf=True, dtype=np.float32
            )
            for _ in range(2)
        )
        self._text.fit(paper.text for paper in papers)
        self._has_titles = any(paper.title for paper in papers)
        if self._has_titles:
            self._title.fit(paper.title for paper in papers)
        # The analyser is given a list of categories: there is no text to take apart.
        self._categories = CountVectorizer(analyzer=_same, binary=True, dtype=np.float32)
        self._has_categories = any(paper.categories for paper in papers)
        if self._has_categories:
            self._categories.fit(paper.categories for paper in papers)
        self._embed = embed

    def __call__(self, papers: Sequence[Paper]) -> csr_matrix:
        blocks = [self._text.transform(paper.text for paper in papers)]
        if self._has_titles:
            blocks.append(self._title.transform(paper.title for paper in papers) * TITLE_WEIGHT)
        if self._has_categories:
            blocks.append(self._categories.transform(paper.categories for paper in papers) * CATEGORY_WEIGHT)
        if self._embed is not None:
            blocks.append(csr_matrix(self._embed([paper.text for paper in papers])))
        return csr_matrix(hstack(blocks), dtype=np.float32)


def _same(categories: Sequence[str]) -> Sequence[str]:
    return categories


@dataclass(frozen=True, slots=True)
class Learned:
    """Votes of a one-vs-rest ridge classifier; a paper it was trained on is scored as if it had been left out.

    Squared loss rather than logistic, because one matrix inverse gives the leave-one-out answer for every paper and
    all areas, where cross-fitting logistic regression needs a model per fold. On held-out votes the two were level
    (text and categories: F1 0.677 against 0.684; with the title's terms 0.686, not tried for the logistic one).
    Build it with `fit`. Its scores are no probabilities: each level is a function whose precision the label model
    measures.
    """

    features: _Features
    weights: Floats32  # [features, areas]
    mean: Floats32  # [areas]
    left_out: dict[str, Floats32]  # paper id -> scores [areas], of the papers it was trained on

    @property
    def functions(self) -> tuple[LabellingFunction, ...]:
        """A function for every level and one against."""
        levels = [LabellingFunction(f"learned.{level:g}", _SOURCE, min(0.9, 1.5 * level)) for level in LEVELS]
        return (*levels, LabellingFunction("learned.low", _SOURCE))

    @classmethod
    def fit(cls, papers: Sequence[Paper], labels: npt.NDArray[np.int8], embed: Embed | None = None) -> Learned:
        """Train on papers with labels int8 [n, areas] (1 applies; 0 or -1 does not).

        Of more than `MOST_LABELLED`, as many spread evenly teach it.
        """
        if len(papers) > MOST_LABELLED:
            sample = np.linspace(0, len(papers) - 1, MOST_LABELLED, dtype=np.int64)
            papers, labels = [papers[row] for row in sample], labels[sample]
        features = _Features(papers, embed)
        inputs = features(papers)
        truth = (labels == 1).astype(np.float32)
        mean = truth.mean(axis=0)
        gram = (inputs @ inputs.T).toarray().astype(np.float32)
        dual, scores = _ridge(gram, truth - mean, _best_penalty(gram, truth - mean))
        left_out = {paper.id: row for paper, row in zip(papers, scores + mean, strict=True)}
        return cls(features, np.asarray(inputs.T @ dual, dtype=np.float32), mean, left_out)

    def scores(self, papers: Sequence[Paper]) -> Floats32:
        """Scores around 0 (does not apply) to 1 (applies), float32 [papers, areas]."""
        if not papers:
            return np.zeros((0, len(self.mean)), np.float32)
        scores = np.asarray(self.features(papers) @ self.weights + self.mean, dtype=np.float32)
        for number, paper in enumerate(papers):
            if paper.id in self.left_out:
                scores[number] = self.left_out[paper.id]
        return scores

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """Votes int8 [functions, papers, areas]."""
        scores = self.scores(papers)
        votes = np.zeros((len(LEVELS) + 1, *scores.shape), np.int8)
        for row, level in enumerate(LEVELS):
            votes[row][scores >= level] = FOR
        votes[-1][scores < LOW] = AGAINST
        return votes


def _best_penalty(gram: Floats32, truth: Floats32) -> float:
    """The penalty with the least leave-one-out error, on a sample spread evenly over the papers."""
    sample = np.linspace(0, len(gram) - 1, min(len(gram), TRIED_ON), dtype=np.int64)
    part, wanted = gram[np.ix_(sample, sample)], truth[sample]
    return min(PENALTIES, key=lambda penalty: float(((_ridge(part, wanted, penalty)[1] - wanted) ** 2).mean()))


def _ridge(gram: Floats32, truth: Floats32, penalty: float) -> tuple[Floats32, Floats32]:
    """Dual ridge regression: coefficients [n, areas] and leave-one-out predictions [n, areas].

    The prediction for paper i without paper i is `truth_i - dual_i / inverse_ii` (Allen's PRESS, 1974).
    """
    damped = gram.copy(order="F")
    damped[np.diag_indices_from(damped)] += penalty
    factor, lower = cho_factor(damped, lower=True, overwrite_a=True, check_finite=False)
    inverse, info = spotri(factor, lower=lower, overwrite_c=True)  # in place; its lower triangle
    if info:
        raise np.linalg.LinAlgError(f"the penalised Gram matrix has no inverse (LAPACK spotri: {info})")
    diagonal = np.diag(inverse).copy()
    dual = ssymm(1.0, inverse, truth, lower=1)
    return np.asarray(dual, dtype=np.float32), truth - dual / diagonal[:, None]
