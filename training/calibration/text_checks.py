"""What lets a model doubt a text: what its training papers look like, and calibration for titles alone.

Both are fitted when training ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import LedoitWolf

from data.label_matrix import field_label_matrix, label_matrix
from data.labels import LabelledPaper
from data.language import main_language
from data.papers import Paper
from model.calibration import NO_ADJUSTMENT, Adjustment, Calibration
from model.tagger import Tagger
from model.typicality import Typicality
from training.calibration.title_only import cross_fit_titles, fit_adjustment
from training.evaluation.report import report

FloatArray = NDArray[np.float32]

SAMPLE = 1500
"""Training papers that are looked at; two thirds show what is typical, the others where its limit is."""
FEWEST = 300
"""With fewer papers nothing is said about what is typical."""
TYPICAL_SHARE = 0.995
"""Share of the papers behind the limit that lie within it; of new papers a little less, and never below 99 % so far."""
_LANGUAGE_SHARE = 0.02
"""A language of fewer papers is not one that the model was trained on."""


def fit_typicality(tagger: Tagger, papers: Sequence[Paper], held_out: Sequence[Paper] = ()) -> Typicality | None:
    """Learn what is typical; None from fewer than `FEWEST` papers.

    Args:
        tagger: the model whose embeddings are compared.
        papers: training papers in random order, with abstracts.
        held_out: papers that the model was not trained on; they too set the limit.
    """
    if len(papers) < FEWEST:
        return None
    shown, limiting = papers[: 2 * len(papers) // 3], [*papers[2 * len(papers) // 3 :], *held_out]
    fitted = LedoitWolf().fit(tagger.embed(shown)[:, : tagger.artefact.hidden_size].astype(np.float64))
    values, vectors = np.linalg.eigh(fitted.covariance_)
    whitening = (vectors / np.sqrt(np.maximum(values, 1e-9))).T.astype(np.float32)
    typicality = Typicality(fitted.location_.astype(np.float32), whitening, 0.0, 0.0, _languages(papers))
    with_abstract = [paper for paper in limiting if paper.abstract.strip()]
    titles = [Paper(paper.id, paper.title) for paper in limiting if paper.title.strip()]
    limit = _limit(typicality.distances(tagger.embed(with_abstract)))
    return replace(
        typicality,
        limit=limit,
        title_limit=_limit(typicality.distances(tagger.embed(titles))) if len(titles) >= FEWEST // 3 else limit,
    )


@dataclass(frozen=True, slots=True)
class TitleFit:
    """Calibration of titles alone.

    Attributes:
        adjustments: of "areas" and "fields".
        metrics: of titles alone, cross-fitted, under the names of `areatag evaluate`; empty without labelled papers.
    """

    adjustments: dict[str, Adjustment]
    metrics: dict[str, Any]


def fit_titles(tagger: Tagger, labelled: Sequence[LabelledPaper], calibrations: Mapping[str, Calibration]) -> TitleFit:
    """Fit and measure the calibration of titles alone.

    Args:
        tagger: the calibrated model.
        labelled: papers with complete labels; only those with title and abstract are used.
        calibrations: of "areas" and "fields", fitted on the same papers.
    """
    chosen = [item for item in labelled if item.paper.title.strip() and item.paper.abstract.strip()]
    if not chosen:
        return TitleFit({"areas": NO_ADJUSTMENT, "fields": NO_ADJUSTMENT}, {})
    heads, taxonomy = tagger.artefact.heads, tagger.taxonomy
    logits, _ = heads.logits(tagger.embed([item.paper for item in chosen]))
    titles, field_titles = heads.logits(tagger.embed([Paper(item.paper.id, item.paper.title) for item in chosen]))
    labels = label_matrix(chosen, taxonomy)
    adjustments = {
        "areas": fit_adjustment(calibrations["areas"], titles, labels),
        "fields": fit_adjustment(calibrations["fields"], field_titles, field_label_matrix(labels, taxonomy)),
    }
    probabilities, thresholds = cross_fit_titles(logits, titles, labels)
    measured = report(tagger.version, probabilities, probabilities >= thresholds, labels, taxonomy, cross_fitted=True)
    left_out = {"model", "per_area", "risk_coverage"}
    return TitleFit(adjustments, {name: value for name, value in measured.to_record().items() if name not in left_out})


def _limit(distances: FloatArray) -> float:
    return float(np.quantile(distances, TYPICAL_SHARE))


def _languages(papers: Sequence[Paper]) -> tuple[str, ...]:
    counts = Counter(code for paper in papers if (code := main_language(paper.text)) is not None)
    return tuple(sorted(code for code, count in counts.items() if count >= _LANGUAGE_SHARE * len(papers)))
