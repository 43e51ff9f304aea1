"""How much is known about every area, and what to add where it is too little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from data.papers import Paper
from training.label_model.model import Floats, Floats32
from training.votes.vote_matrix import FOR, Labels, Votes

FEW_RECORDED = 10  # recorded papers below which an area's rates are mostly those of other areas
FEW_LIKELY = 20  # likely papers below which an encoder hardly learns an area
FEW_RULES = 5  # different rules that fire
LOW_RECALL = 2 / 3  # of the rules, on recorded papers
MISSED = 3  # papers kept for every area that no rule found


@dataclass(slots=True)
class AreaTotals:
    """What the soft labels give every area; filled chunk by chunk."""

    expected: Floats  # [areas], sum of the probabilities
    likely: Floats  # [areas], papers with a probability of at least one half
    recorded: Floats  # [areas], papers that recorded votes give the area
    missed: dict[int, list[Paper]] = field(default_factory=dict)  # recorded papers for which no rule votes

    @classmethod
    def empty(cls, n_areas: int) -> AreaTotals:
        """Nothing counted yet."""
        return cls(*np.zeros((3, n_areas)))

    def add(self, papers: Sequence[Paper], by_rules: Votes, labels: Labels, probabilities: Floats32) -> None:
        """Count probabilities float32 [n, areas] (NaN: uncovered), labels and the rules' votes, int8 [n, areas]."""
        self.expected += np.nansum(probabilities, axis=0)
        self.likely += (np.nan_to_num(probabilities) >= 0.5).sum(axis=0)
        self.recorded += (labels == 1).sum(axis=0)
        for number, area in np.argwhere((labels == 1) & (by_rules != FOR)).tolist():
            kept = self.missed.setdefault(area, [])
            if len(kept) < MISSED:
                kept.append(papers[number])


@dataclass(frozen=True, slots=True)
class AreaSummary:
    """One area over all papers; "rules" are the phrases, categories and functions that a curator can edit."""

    column: int
    expected: float
    likely: int
    recorded: int
    rule_papers: int
    """Papers for which a rule votes."""
    known: int
    """Those of them whose label is known."""
    right: int
    """Those of these that have the area."""
    rules: int
    rules_fired: int
    missed: tuple[Paper, ...]

    @property
    def precision(self) -> float:
        """Of the rules; NaN when nothing is known."""
        return self.right / self.known if self.known else float("nan")

    @property
    def recall(self) -> float:
        """Share of the recorded papers for which a rule votes; NaN when there are none."""
        return self.right / self.recorded if self.recorded else float("nan")

    def gaps(self, votes_recorded: bool) -> tuple[str, ...]:
        """What is missing and how to mend it, a sentence each; none for an area with enough evidence."""
        found: list[str] = []
        if self.rules_fired == 0:
            found.append("No rule ever votes for it: add phrases, or the categories that its papers have.")
        elif self.rules_fired < FEW_RULES:
            found.append(f"Only {self.rules_fired} of its {self.rules} rules occur in the papers: add phrases.")
        if self.recorded and self.recall < LOW_RECALL:
            lost = self.recorded - self.right
            found.append(f"No rule finds {lost} of its {self.recorded} recorded papers: add phrases from those.")
        if votes_recorded and self.recorded < FEW_RECORDED:
            found.append(f"{self.recorded or 'No'} recorded papers: its rates are guessed from other areas; give more.")
        if self.likely < FEW_LIKELY:
            found.append(f"{self.likely or 'No'} likely papers: add papers of this area to the input.")
        return tuple(found)
