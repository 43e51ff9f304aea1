"""The rows of the page's tables, made from the counts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.label_model.vote_analysis import VoteCounts
from training.vote_report.rule_tally import RuleSummary

RULES_OF_AREA = 8
AREAS_OF_FUNCTION = 8


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """One function, or one source of several, over all papers and areas."""

    name: str
    papers: float
    """Share of the papers on which it votes."""
    coverage: float
    """Share of the pairs of paper and area on which it votes."""
    votes_for: int
    votes_against: int
    known_for: int
    right_for: int
    known_against: int
    right_against: int
    recall: float
    conflict: float
    """Share of its votes that another function, or source, contradicts."""

    @property
    def votes(self) -> int:
        """All its votes."""
        return self.votes_for + self.votes_against


@dataclass(frozen=True, slots=True)
class AreaVotes:
    """The votes of one function for one area."""

    area: int
    votes: int
    known: int
    right: int

    @property
    def wrong(self) -> float:
        """Votes that are wrong, by the share of the known ones; 0 where nothing is known."""
        return self.votes * (1 - self.right / self.known) if self.known else 0.0


def function_rows(counts: VoteCounts) -> list[FunctionRow]:
    """A row for every function (or source) that was counted."""
    return [
        FunctionRow(
            summary.name,
            summary.papers,
            summary.coverage,
            summary.votes_for,
            summary.votes_against,
            known_for=int(counts.known_for[row].sum()),
            right_for=int(counts.right_for[row].sum()),
            known_against=int(counts.known_against[row].sum()),
            right_against=int(counts.right_against[row].sum()),
            recall=summary.recall,
            conflict=summary.conflict / summary.coverage if summary.coverage else math.nan,
        )
        for row, summary in enumerate(counts.by_function())
    ]


def worst_areas(counts: VoteCounts, row: int) -> list[AreaVotes]:
    """The areas for which a function casts most wrong votes, the worst first; none where it is never wrong."""
    tables = (counts.votes_for, counts.known_for, counts.right_for)
    cells = (
        AreaVotes(int(a), *(int(table[row, a]) for table in tables)) for a in np.flatnonzero(counts.known_for[row])
    )
    return sorted((cell for cell in cells if cell.wrong), key=lambda cell: -cell.wrong)[:AREAS_OF_FUNCTION]


def rules_by_area(rules: Sequence[RuleSummary]) -> dict[int, list[RuleSummary]]:
    """The rules of every area that fired, the most harmful first and then the most frequent; at most a few each."""
    fired: dict[int, list[RuleSummary]] = defaultdict(list)
    for rule in sorted(rules, key=lambda rule: (-rule.harm, -rule.papers)):
        if rule.papers and len(fired[rule.rule.area]) < RULES_OF_AREA:
            fired[rule.rule.area].append(rule)
    return fired


def advice(found: RuleSummary) -> str:
    """What a curator could do about a rule."""
    if found.rule.kind == "core phrase":
        other = "remove it" if found.precision < found.usual / 3 else "move it to the hints"
        return f"Join it with a second phrase (“a + b”) or {other}; what misleads it can go to “unless”."
    if found.rule.kind == "hint":
        return "Remove it, or join it with a second phrase (“a + b”)."
    if found.rule.kind == "category":
        return "Take the category off this area in the taxonomy, or give it to the area that its papers do have."
    return "Narrow the function, or let it abstain on this area."
