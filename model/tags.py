"""What the tagger is asked for and what it answers: plain records, light to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, Self

from data.papers import Paper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from data.crosswalk import Crosswalk
    from data.taxonomy import Concept

    FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TagOptions:
    """How the tagger turns probabilities into areas."""

    top_k: int | None = None
    """Most areas a paper may get (a cap, never a minimum); None: no cap."""
    threshold: float | None = None
    """Probability in [0, 1] that replaces every area's own threshold; None: each area keeps its own."""
    min_precision: float | None = None
    """Share in [0, 1] of the areas given over a collection that are to be right; one threshold that keeps it replaces
    every area's own (`model.calibration.Calibration.threshold_at`). Not beside `threshold`; None: as that says."""
    areas: frozenset[str] | None = None
    """Area ids to consider; None: all of the taxonomy."""
    all_scores: bool = False
    """Also return the probability of every area."""
    explain: bool = False
    """Also return the sentences that an area rests on."""
    language: str = ""
    """Of the names of areas and fields (BCP 47), where the taxonomy has them in it; "": the usual names."""
    crosswalk: bool = False
    """Also return what each area is elsewhere (`data.crosswalk`)."""
    uris: bool = False
    """Tables have columns of URIs and notations; records have both wherever the taxonomy does."""


@dataclass(frozen=True, slots=True)
class Score:
    """An area or a field of the taxonomy with its probability."""

    id: str
    name: str
    score: float
    """Calibrated probability in [0, 1]."""
    confirmed: bool = False
    """A curator said that the area applies; its score is then 1."""
    uri: str = ""
    """Of the concept in its vocabulary; "" where the taxonomy has none."""
    notation: str = ""
    """Its code in the vocabulary."""

    @classmethod
    def of(cls, concept: Concept, score: float, language: str = "", *, confirmed: bool = False) -> Self:
        """Return the score of an area or a field, called as in a language."""
        return cls(concept.id, concept.name_in(language), score, confirmed, concept.uri, concept.notation)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a paper and what an area's probability loses without it."""

    sentence: str
    drop: float
    """Fall of the area's probability, in [-1, 1], when the sentence is left out."""


@dataclass(frozen=True, slots=True)
class TagResult:
    """The areas of one paper."""

    id: str
    title: str
    areas: tuple[Score, ...]
    """Areas at or above their threshold, highest score first."""
    fields: tuple[Score, ...]
    """Fields likewise; a field may stand without an area."""
    abstained: bool
    """True when ``areas`` is empty."""
    warnings: tuple[str, ...]
    model: str
    """Version of the model that answered."""
    scores: dict[str, float] | None = None
    """Probability of every area by id; None unless asked for."""
    evidence: dict[str, tuple[Evidence, ...]] | None = None
    """Sentences behind each returned area, by area id; None unless asked for."""
    crosswalk: dict[str, Crosswalk] | None = None
    """What the areas are elsewhere, by area id; None unless asked for."""
    at_precision: tuple[int, int] | None = None
    """How many areas the model found at `min_precision`, and how many at their own thresholds, whatever `top_k`; None
    unless asked for. No part of the record."""

    def with_warnings(self, first: Sequence[str], last: Sequence[str] = ()) -> Self:
        """Return the same with more warnings, before and behind its own."""
        return replace(self, warnings=(*first, *self.warnings, *last)) if first or last else self

    def to_record(self) -> dict[str, object]:
        """The label record of files and REST answers; ``scores``, ``evidence`` and ``crosswalk`` only when present."""
        record: dict[str, object] = {
            "id": self.id,
            "title": self.title,
            "areas": [_score_record(score) for score in self.areas],
            "fields": [_score_record(score) for score in self.fields],
            "abstained": self.abstained,
            "warnings": list(self.warnings),
            "model": self.model,
        }
        if self.scores is not None:
            record["scores"] = dict(self.scores)
        if self.evidence is not None:
            record["evidence"] = {
                area: [{"sentence": item.sentence, "drop": item.drop} for item in items]
                for area, items in self.evidence.items()
            }
        if self.crosswalk is not None:
            record["crosswalk"] = {area: found.to_record() for area, found in self.crosswalk.items()}
        return record


class PaperTagger(Protocol):
    """What labelling needs of `model.tagger.Tagger`."""

    def predict(self, papers: Sequence[Paper]) -> FloatArray:
        """Predictions float32 [n, columns]: the slow part, in several threads at a time, alike for identical papers."""

    def results(self, papers: Sequence[Paper], predictions: FloatArray, options: TagOptions) -> list[TagResult]:
        """One result a paper, in the order of the papers: the quick part, in one thread."""

    def cancel(self) -> None:
        """Let the predictions that are being made end soon, with an error."""


def _score_record(score: Score) -> dict[str, object]:
    record: dict[str, object] = {"id": score.id, "name": score.name, "score": score.score}
    if score.confirmed:
        record["confirmed"] = True
    return record | {key: text for key, text in (("uri", score.uri), ("notation", score.notation)) if text}
