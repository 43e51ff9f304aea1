"""What to label next: a stratified draw of the papers that an annotator can answer, the doubtful ones sooner.

Strata are the areas that the model finds most probable, so what is rare is not forgotten and what is labelled already
is made up for; within an area papers are drawn in proportion to the uncertainty of the model and the other sources
together, times their disagreement (`training.curation.scores`). From the bundled model, no order that was measured
teaches more than papers labelled by chance do, and this one is level with them (training/EXPERIMENTS.md).
Papers on which the model has no idea at all are left out with those that are too short or not English
(`training.curation.candidate_pool`): they are rarely about any area, and nobody can label them reliably.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from data.taxonomy import Taxonomy
from model.tags import Score
from training.curation.candidate_pool import Candidate
from training.curation.scores import disagreement, opinion, uncertainty
from training.curation.stratified import stratified_order

FloatArray = NDArray[np.float32]
Look = Callable[[Sequence[Paper]], tuple[FloatArray, FloatArray]]
"""Papers to embeddings float32 [n, hidden] and probabilities of the areas float32 [n, areas]."""

CLUELESS = 0.1
"""A model that gives no area this probability has no idea what the paper is about."""
GUESSES = 5
QUESTION = 0.1
"""Areas from this probability on are to be decided, also those below their threshold."""
FEWEST_QUESTIONS = 3
_BATCH = 64
_LEAST = 1e-3
"""Weight of papers that everybody is sure of: they come late, and not never."""
_UNCERTAIN = 0.15
"""Areas from this probability up to one minus it are named as uncertain."""
_APART = 0.3
"""Votes and model this far apart are named as a disagreement."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Candidates (n) as the model sees them."""

    candidates: tuple[Candidate, ...]
    probabilities: FloatArray
    """float32 [n, areas]."""


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A paper to label."""

    paper: Paper
    guesses: tuple[Score, ...]
    """The model's most probable areas, highest first."""
    questions: tuple[Score, ...]
    """Every area that may apply by the model, highest first: what an annotator says yes or no to."""
    reason: str
    score: float
    """Uncertainty and disagreement, in [0, 1]."""

    def to_record(self, model: str) -> dict[str, object]:
        """What the command and the service answer."""
        return {
            "id": self.paper.id,
            "title": self.paper.title,
            "abstract": self.paper.abstract,
            "guesses": _records(self.guesses),
            "questions": _records(self.questions),
            "reason": self.reason,
            "score": self.score,
            "model": model,
        }


def look_at(
    candidates: Sequence[Candidate], look: Look, progress: Callable[[int, int], None] = lambda done, total: None
) -> Seen:
    """Let the model look at the candidates; `progress` is told how many of them are done."""
    parts = []
    for start in range(0, len(candidates), _BATCH):
        _, probabilities = look([candidate.paper for candidate in candidates[start : start + _BATCH]])
        parts.append(probabilities)
        progress(min(start + _BATCH, len(candidates)), len(candidates))
    return Seen(tuple(candidates), np.concatenate(parts))


def review_queue(seen: Seen, taxonomy: Taxonomy, count: int, known: FloatArray | None = None) -> list[ReviewItem]:
    """Return at most `count` papers in the order in which to label them; the same for the same input.

    Args:
        seen: the candidates that the model has looked at.
        taxonomy: the model's.
        count: most papers returned.
        known: probabilities float32 [m, areas] of papers that are labelled already.
    """
    shape = seen.probabilities.shape
    silent = np.full(shape[1], np.nan, dtype=np.float32)
    votes = np.stack([silent if item.votes is None else item.votes for item in seen.candidates])
    consensus = opinion(seen.probabilities, votes)
    stress = (1.0 + disagreement(seen.probabilities, votes)).astype(np.float32)
    values = uncertainty(consensus) * stress / 2
    weights = np.where(seen.probabilities.max(axis=1) < CLUELESS, 0.0, np.maximum(values, _LEAST)).astype(np.float32)
    labelled = None if known is None else known.argmax(axis=1)
    chosen = stratified_order(seen.probabilities.argmax(axis=1), weights, labelled)[:count]
    return [
        ReviewItem(
            paper=seen.candidates[row].paper,
            guesses=_most_probable(seen.probabilities[row], taxonomy, GUESSES),
            questions=_questions(seen.probabilities[row], taxonomy),
            reason=_reason(seen.probabilities[row], votes[row], taxonomy),
            score=round(float(values[row]), 4),
        )
        for row in chosen
    ]


def _questions(probabilities: FloatArray, taxonomy: Taxonomy) -> tuple[Score, ...]:
    open_ones = int((probabilities >= QUESTION).sum())
    return _most_probable(probabilities, taxonomy, max(open_ones, FEWEST_QUESTIONS))


def _most_probable(probabilities: FloatArray, taxonomy: Taxonomy, count: int) -> tuple[Score, ...]:
    order = np.argsort(-probabilities, kind="stable")[:count]
    return tuple(
        Score(taxonomy.areas[column].id, taxonomy.areas[column].name, round(float(probabilities[column]), 4))
        for column in order
    )


def _records(scores: Sequence[Score]) -> list[dict[str, object]]:
    return [{"id": score.id, "name": score.name, "score": score.score} for score in scores]


def _reason(probabilities: FloatArray, votes: FloatArray, taxonomy: Taxonomy) -> str:
    """Why a label would help, for people."""
    parts = []
    order = np.argsort(-probabilities, kind="stable")
    uncertain = [column for column in order if _UNCERTAIN <= probabilities[column] <= 1 - _UNCERTAIN][:3]
    if uncertain:
        names = ", ".join(f"{taxonomy.areas[column].name} ({probabilities[column]:.0%})" for column in uncertain)
        parts.append(f"the model is unsure of {names}")
    apart = np.nan_to_num(np.abs(votes - probabilities), nan=0.0)
    column = int(apart.argmax())
    if apart[column] >= _APART:
        name = taxonomy.areas[column].name
        parts.append(f"votes give {name} {votes[column]:.0%}, the model {probabilities[column]:.0%}")
    sentence = "; ".join(parts) or "the model is sure; it is drawn by chance"
    return sentence[0].upper() + sentence[1:] + "."
