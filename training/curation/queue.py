"""What to label next: of many papers those whose labels would teach the model most, and that an annotator can answer.

What a label would teach is the uncertainty of the model and the other sources together, times their disagreement; the
queue draws papers in proportion to what they would teach beyond those before them and beyond what is labelled already
(`training.curation.scores`). Papers on which the model has no idea at all are left out with those that are too short or
not English (`training.curation.candidate_pool`): they are rarely about any area, and nobody can label them reliably.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from data.taxonomy import Taxonomy
from model.tags import Score
from training.curation.candidate_pool import Candidate
from training.curation.scores import deviations, disagreement, diverse_order, opinion, uncertainty

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
_UNCERTAIN = 0.15
"""Areas from this probability up to one minus it are named as uncertain."""
_APART = 0.3
"""Votes and model this far apart are named as a disagreement."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Candidates (n) as the model sees them."""

    candidates: tuple[Candidate, ...]
    embeddings: FloatArray
    """float32 [n, hidden]."""
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
    """Uncertainty and disagreement, times how new it is beside the papers before it in the queue, in [0, 1]."""

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
        parts.append(look([candidate.paper for candidate in candidates[start : start + _BATCH]]))
        progress(min(start + _BATCH, len(candidates)), len(candidates))
    embeddings, probabilities = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Seen(tuple(candidates), embeddings, probabilities)


def review_queue(
    seen: Seen, taxonomy: Taxonomy, count: int, known: tuple[FloatArray, FloatArray] | None = None
) -> list[ReviewItem]:
    """Return at most `count` papers in the order in which to label them; the same for the same input.

    Args:
        seen: the candidates that the model has looked at.
        taxonomy: the model's.
        count: most papers returned.
        known: embeddings and probabilities, as from `Look`, of papers that are labelled already.
    """
    shape = seen.probabilities.shape
    silent = np.full(shape[1], np.nan, dtype=np.float32)
    votes = np.stack([silent if item.votes is None else item.votes for item in seen.candidates])
    consensus = opinion(seen.probabilities, votes)
    stress = (1.0 + disagreement(seen.probabilities, votes)).astype(np.float32)
    values = uncertainty(consensus) * stress / 2
    gradients = deviations(consensus) * stress[:, None]
    gradients[seen.probabilities.max(axis=1) < CLUELESS] = 0.0
    labelled = None if known is None else (deviations(known[1]), known[0])
    chosen = diverse_order(gradients, seen.embeddings, count, labelled)
    return [
        ReviewItem(
            paper=seen.candidates[row].paper,
            guesses=_most_probable(seen.probabilities[row], taxonomy, GUESSES),
            questions=_questions(seen.probabilities[row], taxonomy),
            reason=_reason(seen.probabilities[row], votes[row], taxonomy),
            score=round(float(values[row]) * new, 4),
        )
        for row, new in chosen
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
    sentence = "; ".join(parts) or "it is unlike the papers before it"
    return sentence[0].upper() + sentence[1:] + "."
