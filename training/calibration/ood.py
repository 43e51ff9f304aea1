"""Fits what tells that a text is out of distribution (`model.ood`): how training papers are distributed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.covariance import LedoitWolf

from data.language import main_language
from data.papers import Paper
from model.ood import Lengths, OodDetector
from model.tagger import Tagger

SAMPLE = 1500
"""Training papers that are looked at; two thirds give mean and covariance, the others the limit."""
FEWEST = 300
"""With fewer papers there is no detector."""
WITHIN = 0.995
"""Share of the papers behind the limit that lie within it; of new papers a little less, and never below 99 % so far."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LEAST_RATIO = 1.5
"""Of the lengths of papers and of their beginnings: what is nearer says nothing of how limits depend on length."""
_LANGUAGE_SHARE = 0.02
"""A language of a smaller share of the papers is not one that the model was trained on."""


def fit_ood_detector(tagger: Tagger, papers: Sequence[Paper], held_out: Sequence[Paper] = ()) -> OodDetector | None:
    """Fit the detector of a model; None from fewer than `FEWEST` papers.

    Args:
        tagger: the model without a detector.
        papers: training papers in random order, with abstracts.
        held_out: papers that the model was not trained on; they too set the limit.
    """
    if len(papers) < FEWEST:
        return None
    fitting, limiting = papers[: 2 * len(papers) // 3], [*papers[2 * len(papers) // 3 :], *held_out]
    fitted = LedoitWolf().fit(tagger.pooled_embeddings(fitting).astype(np.float64))
    values, vectors = np.linalg.eigh(fitted.covariance_)
    whitening = (vectors / np.sqrt(np.maximum(values, 1e-9))).T.astype(np.float32)
    detector = OodDetector(fitted.location_.astype(np.float32), whitening, 0.0, 0.0, _languages(papers))
    with_abstract = [paper for paper in limiting if paper.abstract.strip()]
    titles = [Paper(paper.id, paper.title) for paper in limiting if paper.title.strip()]
    shortened = [_first_sentence(paper) for paper in with_abstract]

    def limit_of(texts: Sequence[Paper]) -> float:
        return float(np.quantile(detector.distances(tagger.pooled_embeddings(texts)), WITHIN))

    limit, short_limit = limit_of(with_abstract), limit_of(shortened)
    has_titles = len(titles) >= FEWEST // 3
    length, short_length = _median_length(with_abstract), _median_length(shortened)
    return replace(
        detector,
        limit=limit,
        title_limit=limit_of(titles) if has_titles else limit,
        lengths=Lengths(
            paper=length,
            title=_median_length(titles) if has_titles else length,
            exponent=_exponent(short_limit / limit, length / short_length),
        ),
    )


def _first_sentence(paper: Paper) -> Paper:
    """The paper with the first sentence of its abstract alone."""
    return replace(paper, abstract=_SENTENCE_END.split(paper.abstract.strip(), maxsplit=1)[0])


def _median_length(papers: Sequence[Paper]) -> float:
    return float(np.median([len(paper.text) for paper in papers]))


def _exponent(limits: float, lengths: float) -> float:
    """The power of a ratio of lengths that gives the ratio of limits; the usual one where the lengths are near."""
    if lengths <= _LEAST_RATIO:
        return Lengths().exponent
    return float(np.clip(np.log(limits) / np.log(lengths), 0.0, 1.0))


def _languages(papers: Sequence[Paper]) -> tuple[str, ...]:
    counts = Counter(code for paper in papers if (code := main_language(paper.text)) is not None)
    return tuple(sorted(code for code, count in counts.items() if count >= _LANGUAGE_SHARE * len(papers)))
