"""Fits lexical features (`model.lexical`), and how much they count beside the encoder.

One-vs-rest ridge regression from TF-IDF on soft labels: squared loss takes probabilities as targets as they are. Of
many terms those are kept that move most with the areas.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge

from data.label_matrix import output_targets
from data.taxonomy import Taxonomy
from model.heads import Heads
from model.lexical import LexicalFeatures, terms_of
from training.calibration.fit_calibration import folds
from training.fine_tuning.examples import Example

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

FEWEST_PAPERS = 200
"""With fewer training papers the model has no lexical features."""
FEWEST_VALIDATION = 100
"""Nor with fewer validation papers, where these are to say how much the features count."""
MAX_TERMS = 50_000
MAX_WEIGHTS = 500_000
"""Weights of the projection that are kept, those with the largest effect: as good as all, in a tenth of the space
(EXPERIMENTS.md)."""
RAREST, MOST_FREQUENT = 3, 0.2
"""A term counts if it is in at least so many papers, and in at most this share of them."""
PENALTY = 1.0
SCALE = 10.0
"""Factor of the ridge scores, after which lexical features are about as large as the numbers of an embedding."""


def fit_lexical(examples: Iterable[Example], taxonomy: Taxonomy) -> LexicalFeatures | None:
    """Fit one feature for each area and field to training papers; an unknown target counts as its column's mean.

    Returns:
        The features; None where no term is in several papers, and not in most of them.
    """
    papers, rows, weights = [], [], []
    for example in examples:
        papers.append(example.paper)
        rows.append(example.areas)
        weights.append(example.weight)
    targets = output_targets(np.stack(rows), taxonomy)
    known = ~np.isnan(targets)
    mean = np.where(known, targets, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    targets = np.where(known, targets, mean).astype(np.float32)
    counts = TfidfVectorizer(
        analyzer=terms_of, min_df=RAREST, max_df=MOST_FREQUENT, sublinear_tf=True, dtype=np.float32
    )
    try:
        inputs = csr_matrix(counts.fit_transform(papers))
    except ValueError:  # scikit-learn's answer where no term is left
        return None
    terms = counts.get_feature_names_out()
    if inputs.shape[1] > MAX_TERMS:
        # how far a term moves together with the outputs: the first step of the regression
        said = np.abs(inputs.T @ (targets - mean)).sum(axis=1)
        terms = terms[np.sort(np.argsort(-said, kind="stable")[:MAX_TERMS])]
        counts = TfidfVectorizer(analyzer=terms_of, vocabulary=terms.tolist(), sublinear_tf=True, dtype=np.float32)
        inputs = csr_matrix(counts.fit_transform(papers))
    projection = SCALE * _ridge(inputs, targets - mean, weights)
    # what an entry does to its number over papers: its size, and how large and frequent the term's TF-IDF is
    effect = np.abs(projection) * np.sqrt(np.asarray(inputs.power(2).sum(axis=0))).T
    if projection.size > MAX_WEIGHTS:
        projection[effect < np.partition(effect, -MAX_WEIGHTS, axis=None)[-MAX_WEIGHTS]] = 0.0
    offset = -np.asarray(inputs.mean(axis=0)).ravel() @ projection
    return LexicalFeatures.from_dense(
        [str(term) for term in terms], counts.idf_.astype(np.float32), projection, offset.astype(np.float32)
    )


def _ridge(inputs: csr_matrix, targets: FloatArray, weights: list[float]) -> FloatArray:
    """Weights float32 [terms, outputs]."""
    ridge = Ridge(alpha=PENALTY, fit_intercept=False, solver="sparse_cg", tol=1e-2, max_iter=30)
    sample_weight = np.asarray(weights) / np.mean(weights)
    return np.asarray(ridge.fit(inputs, targets, sample_weight).coef_.T, dtype=np.float32)


def with_lexical(heads: Heads, shares: tuple[float, float]) -> Heads:
    """Heads over embedding and lexical features: every area and field reads its own feature, and no other.

    Args:
        heads: over the embedding alone.
        shares: logit per unit of the feature, of areas and of fields.
    """
    areas, fields = len(heads.area_bias), len(heads.field_bias)
    own = np.eye(areas + fields, dtype=np.float32)
    return Heads(
        np.hstack([heads.area_weight, np.float32(shares[0]) * own[:areas]]),
        heads.area_bias,
        np.hstack([heads.field_weight, np.float32(shares[1]) * own[areas:]]),
        heads.field_bias,
    )


def fit_share(logits: FloatArray, lexical: FloatArray, labels: BoolArray) -> float:
    """How much a lexical feature counts beside the encoder's logit: one ratio for all outputs, at least 0.

    Args:
        logits: float32 [n, outputs], of the encoder alone, of papers that neither model was trained on.
        lexical: float32 [n, outputs], the lexical feature of each output.
        labels: bool [n, outputs].
    """
    if not labels.any() or labels.all():
        return 0.0
    both = np.stack([logits.ravel(), lexical.ravel()], axis=1)
    encoder, terms = LogisticRegression(C=np.inf, max_iter=200).fit(both, labels.ravel()).coef_[0]
    return float(max(terms, 0.0) / max(encoder, 1e-3))


def cross_fitted_logits(logits: FloatArray, lexical: FloatArray, labels: BoolArray, seed: int = 0) -> FloatArray:
    """Logits with lexical features, float32 [n, outputs], each paper's with a share chosen on the other papers."""
    both = np.empty_like(logits)
    for fit, out in folds(len(logits), seed):
        both[out] = logits[out] + np.float32(fit_share(logits[fit], lexical[fit], labels[fit])) * lexical[out]
    return both
