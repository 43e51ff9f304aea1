"""Suggested rules beside few-shot, zero-shot and existing rules, on labels that none of them learned from."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from training.calibration.f1 import f1
from training.evaluation.metrics import bootstrap_intervals
from training.rule_suggestion.proposing import Material, Rows
from training.rule_suggestion.systems import SILENT, Target, system_scores
from training.votes.material import Floats32
from training.votes.vote_matrix import Labels, VoteSource

FOLDS = 5
MEASURES = ("micro-F1", "macro-F1", "precision", "coverage")

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Measures by system with 95 % bootstrap intervals, on `papers` papers."""

    papers: int
    cross_fitted: bool
    measures: Mapping[str, Mapping[str, float]]
    intervals: Mapping[str, Mapping[str, tuple[float, float]]]

    def to_table(self) -> str:
        """The comparison as text."""
        how = "the labels themselves, in five folds" if self.cross_fitted else "the evaluation set"
        table = Table(title=f"Measured on {self.papers:,} papers: {how}", title_justify="left")
        table.add_column("system")
        for name in MEASURES:
            table.add_column(name, justify="right")
        for system, values in self.measures.items():
            intervals = self.intervals[system]
            cells = (f"{values[m]:.3f} ({intervals[m][0]:.3f} to {intervals[m][1]:.3f})" for m in MEASURES)
            table.add_row(system, *cells)
        console = Console(width=140, record=True, file=io.StringIO())
        console.print(table)
        return console.export_text().rstrip()


def compare(
    material: Material,
    existing: Sequence[VoteSource],
    count: int,
    evaluation: tuple[Target, Flags] | None,
    seed: int = 0,
) -> Comparison:
    """Score every system on papers that it did not learn from.

    One threshold per system is the one with the best micro-F1 on the labels, each scored by a system that learned
    from the other folds.

    Args:
        material: labelled papers and the pool.
        existing: sources of the rules there are.
        count: of rules to suggest.
        evaluation: papers and their areas, bool [n, areas]; None: the labels themselves, each fold by the threshold of
            the others.
        seed: of the folds.
    """
    folds = np.random.default_rng(seed).permutation(len(material.labelled)) % FOLDS
    scores: dict[str, Floats32] = {}
    for fold in range(FOLDS):
        rest, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        target = Target([material.labelled[int(row)].paper for row in held], material.embedded.labelled[held])
        for name, found in system_scores(material, rest, target, existing, count).items():
            scores.setdefault(name, np.zeros(material.labels.shape, np.float32))[held] = found
    if evaluation is None:
        predicted = {name: _by_fold(found, material.labels, folds) for name, found in scores.items()}
        whole = (material.labels >= 0).all(axis=1)  # of the others nobody knows all areas
        return measured({n: p[whole] for n, p in predicted.items()}, material.labels[whole] == 1, cross_fitted=True)
    target, truth = evaluation
    everything: Rows = np.arange(len(material.labelled))
    on_target = system_scores(material, everything, target, existing, count)
    thresholds = {name: best_threshold(found, material.labels) for name, found in scores.items()}
    return measured({name: found >= thresholds[name] for name, found in on_target.items()}, truth, cross_fitted=False)


def best_threshold(scores: Floats32, labels: Labels) -> float:
    """The threshold with the best micro-F1 over the known pairs; infinite where no positive pair has a score."""
    known = labels >= 0
    truth, values = labels[known] == 1, scores[known]
    if not truth.any():
        return float("inf")
    order = np.argsort(-values, kind="stable")
    hits = np.cumsum(truth[order])
    scores_of_lengths = f1(hits, np.arange(1, len(order) + 1), truth.sum())
    # a threshold takes all pairs of one score or none
    ranked = values[order]
    last = np.append(ranked[1:] != ranked[:-1], True) & (ranked > SILENT)
    return float(ranked[int(np.where(last, scores_of_lengths, -1.0).argmax())]) if last.any() else float("inf")


def _by_fold(scores: Floats32, labels: Labels, folds: npt.NDArray[np.int64]) -> Flags:
    predicted = np.zeros(scores.shape, bool)
    for fold in range(FOLDS):
        held = folds == fold
        predicted[held] = scores[held] >= best_threshold(scores[~held], labels[~held])
    return predicted


def measured(predicted: Mapping[str, Flags], truth: Flags, cross_fitted: bool) -> Comparison:
    """Measures of predictions by system against the areas, each bool [papers, areas]."""
    measures: dict[str, dict[str, float]] = {}
    intervals: dict[str, dict[str, tuple[float, float]]] = {}
    for name, chosen in predicted.items():
        hits = (chosen & truth).astype(np.float64)

        def measure(rows: Rows, chosen: Flags = chosen, hits: npt.NDArray[np.float64] = hits) -> dict[str, float]:
            weights = np.bincount(rows, minlength=len(truth)).astype(np.float64)
            return _measures(weights, hits, chosen, truth)

        measures[name] = measure(np.arange(len(truth)))
        intervals[name] = bootstrap_intervals(measure, len(truth))
    return Comparison(len(truth), cross_fitted, measures, intervals)


def _measures(
    weights: npt.NDArray[np.float64], hits: npt.NDArray[np.float64], chosen: Flags, truth: Flags
) -> dict[str, float]:
    """Micro-F1, macro-F1 over areas present, precision, and the share of papers with an area; papers are weighted."""
    right, given, wanted = weights @ hits, weights @ chosen, weights @ truth
    present = wanted > 0
    return {
        "micro-F1": float(f1(right.sum(), given.sum(), wanted.sum())),
        "macro-F1": float(f1(right, given, wanted)[present].mean()) if present.any() else 0.0,
        "precision": float(right.sum() / max(given.sum(), 1.0)),
        "coverage": float((weights @ chosen.any(axis=1)) / max(weights.sum(), 1.0)),
    }
