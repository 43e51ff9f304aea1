"""How often every single rule (a phrase, a category, a user's function) fires and is right, and which to mend first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.papers import Paper
from training.label_model.model import Floats32
from training.vote_report.estimates import interval, share, shrunk
from training.votes.vote_matrix import Labels, Rule, RuleSource, Votes

EXAMPLES = 2  # papers kept for every rule
ENOUGH_WRONG = 2  # wrong votes below which a rule is not blamed


@dataclass(frozen=True, slots=True)
class WrongVote:
    """A paper on which a rule fired although recorded votes say no."""

    paper: Paper
    recorded: tuple[int, ...]
    """Columns of the areas that recorded votes give the paper."""


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """One rule over all papers."""

    rule: Rule
    papers: int
    """Papers on which it had a part in a vote."""
    known: int
    """Those of them whose label for the area is known."""
    right: int
    """Those of these that have the area."""
    interval: tuple[float, float]
    """Of the precision, from the known papers alone."""
    precision: float
    """Estimate: the known papers, and the label model's probabilities for what those leave open."""
    usual: float
    """Precision of all rules of this kind; NaN where nothing is known."""
    examples: tuple[WrongVote, ...]

    @property
    def excess(self) -> float:
        """Papers that it gets wrong and a usual rule of its kind would not."""
        return self.papers * max(0.0, self.usual - self.precision)

    @property
    def harm(self) -> float:
        """The excess, weighed by how precise votes of this kind are: a weak hint does little."""
        return self.excess * self.usual


class RuleTally:
    """Counts of the rules of one source; `add` takes the papers chunk by chunk."""

    def __init__(self, source: RuleSource) -> None:
        self.source = source
        self.rules = tuple(source.rules)
        self._areas = np.array([rule.area for rule in self.rules], np.intp)
        self.papers, self.known, self.right = np.zeros((3, len(self.rules)), np.int64)
        self._probability_sum = np.zeros(len(self.rules))  # sum of the soft labels of the papers
        self._examples: dict[int, list[WrongVote]] = {}

    def add(self, papers: Sequence[Paper], votes: Votes, labels: Labels, probabilities: Floats32) -> None:
        """Count the source's own votes int8 [functions, n, areas] against labels int8 [n, areas] (-1: not known).

        `probabilities` float32 [n, areas] are the soft labels, NaN where nothing is known.
        """
        numbers, rules = self.source.fired(papers, votes)
        columns = self._areas[rules]
        label = labels[numbers, columns]
        size = len(self.rules)
        self.papers += np.bincount(rules, minlength=size)
        self.known += np.bincount(rules[label >= 0], minlength=size)
        self.right += np.bincount(rules[label == 1], minlength=size)
        self._probability_sum += np.bincount(rules, np.nan_to_num(probabilities[numbers, columns]), size)
        for number, rule in zip(numbers[label == 0].tolist(), rules[label == 0].tolist(), strict=True):
            kept = self._examples.setdefault(rule, [])
            if len(kept) < EXAMPLES:
                recorded = tuple(np.flatnonzero(labels[number] == 1).tolist())
                kept.append(WrongVote(papers[number], recorded))

    def summaries(self) -> tuple[RuleSummary, ...]:
        """One for every rule, in the order of the source."""
        kinds = np.array([rule.kind for rule in self.rules])
        usual = np.full(len(self.rules), np.nan)
        for kind in set(kinds.tolist()):
            chosen = kinds == kind
            usual[chosen] = share(self.right[chosen].sum(), self.known[chosen].sum())
        guess = np.nan_to_num(share(self._probability_sum, self.papers))
        low, high = interval(self.right, self.known)
        precision = shrunk(self.right, self.known, guess)
        return tuple(
            RuleSummary(
                rule,
                papers=int(self.papers[number]),
                known=int(self.known[number]),
                right=int(self.right[number]),
                interval=(float(low[number]), float(high[number])),
                precision=float(precision[number]),
                usual=float(usual[number]),
                examples=tuple(self._examples.get(number, ())),
            )
            for number, rule in enumerate(self.rules)
        )


def worst_first(summaries: Sequence[RuleSummary], most: int) -> tuple[RuleSummary, ...]:
    """The rules whose mending would save most wrong votes; only those seen to be wrong and worse than their kind."""
    blamed = [s for s in summaries if s.known - s.right >= ENOUGH_WRONG and s.excess > 0]
    return tuple(sorted(blamed, key=lambda summary: -summary.harm)[:most])
