"""Measures of multi-label tagging, each from probabilities and labels, with bootstrap intervals over papers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

from training.calibration.f1 import counts, f1, micro_f1

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

ECE_BINS = 10
RISK_COVERAGE_STEPS = 10
PROMISED = (0.80, 0.90, 0.95)
"""Precisions that a model is asked for, to compare with what is found."""


def point_metrics(
    probabilities: FloatArray, predicted: BoolArray, labels: BoolArray, judged: BoolArray | None = None
) -> dict[str, float]:
    """Measures of tagging, as fractions.

    Args:
        probabilities: float32 [n, areas], calibrated.
        predicted: bool [n, areas], the areas given.
        labels: bool [n, areas], the areas in gold.
        judged: bool [n, areas], pairs that gold says something of; elsewhere probabilities are 0 and nothing is
            predicted or labelled. None: all of them.

    Returns:
        micro_f1; macro_f1 over areas present in gold; precision, recall (micro); p_at_1 (share of papers whose most
        probable area is in gold); mean_average_precision over areas present in gold; brier (mean over all pairs);
        brier_prior (of answering each area's frequency in gold); ece; abstention (share of papers without an area).
    """
    if judged is None:
        judged = np.ones(labels.shape, dtype=bool)
    prior = labels.sum(axis=0) / np.maximum(judged.sum(axis=0), 1)
    present = labels.any(axis=0)
    by_area = counts(predicted, labels, axis=0)  # (areas, 3)
    hits = float(by_area[:, 0].sum())
    best = probabilities.argmax(axis=1)
    return {
        "micro_f1": micro_f1(predicted, labels),
        "macro_f1": float(f1(*by_area[present].T).mean()) if present.any() else 0.0,
        "precision": hits / max(float(predicted.sum()), 1.0),
        "recall": hits / max(float(labels.sum()), 1.0),
        "p_at_1": float(labels[np.arange(len(labels)), best].mean()),
        "mean_average_precision": (
            float(average_precision(probabilities[:, present], labels[:, present]).mean()) if present.any() else 0.0
        ),
        "brier": _mean_square(probabilities - labels, judged),
        "brier_prior": _mean_square(prior - labels, judged),
        "ece": expected_calibration_error(probabilities, labels),
        "abstention": float((~predicted.any(axis=1)).mean()),
    }


def average_precision(probabilities: FloatArray, labels: BoolArray) -> NDArray[np.float64]:
    """Average precision of areas, as `sklearn.metrics.average_precision_score` defines it.

    A bootstrap asks for it hundreds of times, and the checks of scikit-learn take far longer than the sums.

    Args:
        probabilities: float32 [n, areas].
        labels: bool [n, areas]; each area applies to a paper.

    Returns:
        float64 [areas]: the mean precision at the labelled papers; papers of equal probability count together.
    """
    order = np.argsort(-probabilities, axis=0, kind="stable")
    descending = np.take_along_axis(probabilities, order, axis=0)
    truth = np.take_along_axis(labels, order, axis=0)
    rank = np.arange(len(labels))[:, None]
    precision = truth.cumsum(axis=0) / (rank + 1)
    is_last = np.ones(truth.shape, dtype=bool)  # of the papers that have its probability
    is_last[:-1] = descending[:-1] != descending[1:]
    last = np.minimum.accumulate(np.where(is_last, rank, len(labels))[::-1], axis=0)[::-1]
    at_label = np.take_along_axis(precision, last, axis=0)
    return np.asarray(at_label.sum(axis=0, where=truth) / truth.sum(axis=0), dtype=np.float64)


def _mean_square(error: NDArray[np.floating], judged: BoolArray) -> float:
    """Mean over the judged pairs; 0 where there are none, as in a resample of papers."""
    return float(np.mean(error[judged] ** 2)) if judged.any() else 0.0


def expected_calibration_error(probabilities: FloatArray, labels: BoolArray) -> float:
    """Expected calibration error (Guo et al., 2017): mean distance of a bin's probability from its frequency."""
    bins = reliability(probabilities, labels)
    pairs = sum(row["pairs"] for row in bins)
    return sum(row["pairs"] * abs(row["probability"] - row["frequency"]) for row in bins) / max(pairs, 1.0)


def reliability(probabilities: FloatArray, labels: BoolArray) -> list[dict[str, float]]:
    """How often areas apply to which a model gives the same probability, in ten bins of equal width.

    Almost all pairs of a paper and an area have a probability near zero; counted in, they would hide every error. So
    only pairs of at least 1 % are binned.

    Returns:
        For each bin with pairs {"low" and "high", its bounds; "pairs"; "probability", their mean; "frequency", the
        share of them that is in gold}.
    """
    chosen = probabilities >= 0.01
    values, truth = probabilities[chosen].astype(np.float64), labels[chosen]
    bins = np.minimum((values * ECE_BINS).astype(np.int64), ECE_BINS - 1)
    pairs, given, found = (np.bincount(bins, weights, ECE_BINS) for weights in (None, values, truth))
    return [
        {
            "low": number / ECE_BINS,
            "high": (number + 1) / ECE_BINS,
            "pairs": float(pairs[number]),
            "probability": float(given[number] / pairs[number]),
            "frequency": float(found[number] / pairs[number]),
        }
        for number in np.flatnonzero(pairs).tolist()
    ]


def risk_coverage(probabilities: FloatArray, labels: BoolArray) -> list[dict[str, float]]:
    """Error of the most probable area when only the most confident papers are answered (El-Yaniv and Wiener, 2010).

    Returns:
        One {"coverage", "risk", "confidence"} for each tenth of the papers; `confidence` is the lowest one answered.
    """
    confidence = probabilities.max(axis=1)
    wrong = ~labels[np.arange(len(labels)), probabilities.argmax(axis=1)]
    order = np.argsort(-confidence, kind="stable")
    curve = []
    for step in range(1, RISK_COVERAGE_STEPS + 1):
        count = max(1, round(len(order) * step / RISK_COVERAGE_STEPS))
        answered = order[:count]
        curve.append(
            {
                "coverage": count / len(order),
                "risk": float(wrong[answered].mean()),
                "confidence": float(confidence[answered[-1]]),
            }
        )
    return curve


def coverage_at_precision(probabilities: FloatArray, labels: BoolArray, precision: float = 0.9) -> float:
    """Largest share of the gold pairs that one threshold finds at the given precision over pairs."""
    order = np.argsort(-probabilities.ravel(), kind="stable")
    truth = labels.ravel()[order]
    found = np.cumsum(truth)
    good = found / np.arange(1, len(truth) + 1) >= precision
    return float(found[good].max(initial=0) / max(int(truth.sum()), 1))


def precision_on_demand(
    probabilities: FloatArray, predicted: BoolArray, labels: BoolArray, thresholds: FloatArray
) -> list[dict[str, float]]:
    """What is right of the areas given when a precision is asked for.

    Args:
        probabilities: float32 [n, areas].
        predicted: bool [n, areas], the areas given when none is asked for.
        labels: bool [n, areas].
        thresholds: float32 [promised, n], each paper's for the precisions `PROMISED`.

    Returns:
        For each of `PROMISED` a {"promised"; "found", the precision of the areas given; "papers", the share of papers
        with an area; "areas", how many are given for each one given by default; "recall"}.
    """
    rows = []
    for promised, threshold in zip(PROMISED, thresholds, strict=True):
        given = probabilities >= threshold[:, None]
        hits = float((given & labels).sum())
        rows.append(
            {
                "promised": promised,
                "found": hits / max(float(given.sum()), 1.0),
                "papers": float(given.any(axis=1).mean()),
                "areas": float(given.sum()) / max(float(predicted.sum()), 1.0),
                "recall": hits / max(float(labels.sum()), 1.0),
            }
        )
    return rows


def per_area(
    probabilities: FloatArray, predicted: BoolArray, labels: BoolArray, area_ids: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """Support, precision, recall, F1 and average precision of every area that is in gold or was predicted."""
    table = {}
    for column, area_id in enumerate(area_ids):
        truth, given = labels[:, column], predicted[:, column]
        if not (truth.any() or given.any()):
            continue
        hits = float((truth & given).sum())
        table[area_id] = {
            "support": float(truth.sum()),
            "precision": hits / max(float(given.sum()), 1.0),
            "recall": hits / max(float(truth.sum()), 1.0),
            "f1": micro_f1(given, truth),
            "average_precision": (
                float(average_precision(probabilities[:, [column]], truth[:, None])[0]) if truth.any() else 0.0
            ),
        }
    return table


def bootstrap_intervals(
    measure: Callable[[NDArray[np.intp]], dict[str, float]],
    papers: int,
    rounds: int = 500,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """Percentile intervals (Efron, 1979) of measures, resampling papers; the values themselves for a single paper.

    Args:
        measure: positions of papers (with repeats) to named values, always the same names.
        papers: number of papers, at least 1.
        rounds: number of resamples.
        level: share of resamples inside the interval. Each end alone is a one-sided bound of (1 + level) / 2.
        seed: of the resampling.
    """
    found = measure(np.arange(papers))
    if papers < 2:
        return {name: (value, value) for name, value in found.items()}

    def values(rows: NDArray[np.intp], axis: int) -> NDArray[np.float64]:
        resampled = np.apply_along_axis(lambda sample: np.array([*measure(sample).values()]), axis, rows)
        return np.moveaxis(resampled, axis, 0)  # (names, rounds)

    intervals = bootstrap(
        (np.arange(papers),),
        values,
        vectorized=True,
        n_resamples=rounds,
        batch=100,  # bounds the memory for the resamples
        confidence_level=level,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return {name: (float(intervals.low[row]), float(intervals.high[row])) for row, name in enumerate(found)}
