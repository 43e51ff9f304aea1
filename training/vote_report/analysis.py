"""Everything that is counted while papers are labelled, in one place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.papers import Paper
from data.taxonomy import Taxonomy
from training.label_model.model import Floats32, group_by_source
from training.label_model.vote_analysis import VoteCounts
from training.vote_report.area_evidence import AreaSummary, AreaTotals
from training.vote_report.conflicts import Conflicts, stances
from training.vote_report.rule_tally import RuleSummary, RuleTally
from training.votes.apply import functions_of
from training.votes.vote_matrix import FOR, LabellingFunction, Labels, RuleSource, Votes, VoteSource

TRUSTED = 1 / 3  # precision from which a vote for an area counts as its source's opinion, not only as a trace


class Analysis:
    """Counts of functions, sources, rules, conflicts and areas; `add` takes the papers chunk by chunk."""

    def __init__(
        self,
        taxonomy: Taxonomy,
        measured: Sequence[VoteSource],
        recorded: Sequence[VoteSource] = (),
        precision: Sequence[float] = (),
    ) -> None:
        """`measured` sources are compared with the labels that the `recorded` ones make.

        `precision` is that of the measured functions' votes for areas, as far as it is known (NaN: what they expect).
        """
        functions = functions_of([*measured, *recorded])
        known = dict(zip((function.name for function in functions), precision, strict=False))
        precise = [known.get(function.name, np.nan) for function in functions]
        expected = [function.expected for function in functions]
        n_areas = len(taxonomy.areas)
        groups = group_by_source(functions)
        self.taxonomy = taxonomy
        self.n_papers = 0
        self.functions = VoteCounts(functions, n_areas)
        self.sources = VoteCounts([LabellingFunction(name, name) for name in groups], n_areas)
        self.conflicts = Conflicts(functions, n_areas)
        self.areas = AreaTotals.empty(n_areas)
        self._all_rules = VoteCounts([LabellingFunction("rules", "rules")], n_areas)
        self._rows = tuple(groups.values())
        self._trusted = np.where(np.isnan(precise), expected, precise) >= TRUSTED
        self._measured = len(functions_of(measured))
        self._measured_sources = len(group_by_source(functions_of(measured)))
        self._tallies: list[tuple[slice, RuleTally]] = []  # rows of the source, its tally
        row = 0
        for source in measured:
            rows = slice(row, row := row + len(source.functions))
            if isinstance(source, RuleSource):
                self._tallies.append((rows, RuleTally(source)))

    def add(self, papers: Sequence[Paper], votes: Votes, labels: Labels, probabilities: Floats32) -> None:
        """Count votes int8 [m, n, areas] of all functions, recorded ones last.

        `labels` int8 [n, areas] are 1, 0 or -1 (not known); `probabilities` float32 [n, areas] the soft labels, NaN
        where no source speaks.
        """
        self.n_papers += len(papers)
        said = stances(votes, self._rows, self._trusted)
        self.functions.add(votes, labels, self._measured)
        self.sources.add(said, labels, self._measured_sources)
        self.conflicts.add(papers, said, votes, labels, probabilities)
        by_rules = np.zeros(labels.shape, np.int8)
        for rows, tally in self._tallies:
            tally.add(papers, votes[rows], labels, probabilities)
            by_rules[(votes[rows][self._trusted[rows]] == FOR).any(axis=0)] = FOR
        self._all_rules.add(by_rules[None], labels)
        self.areas.add(papers, by_rules, labels, probabilities)

    def rules(self) -> tuple[RuleSummary, ...]:
        """Every rule of every source."""
        return tuple(summary for _, tally in self._tallies for summary in tally.summaries())

    def by_area(self) -> tuple[AreaSummary, ...]:
        """Every area, in column order."""
        n_areas = len(self.taxonomy.areas)
        rules, fired = np.zeros((2, n_areas), np.int64)
        for _, tally in self._tallies:
            columns = np.array([rule.area for rule in tally.rules], np.intp)
            rules += np.bincount(columns, minlength=n_areas)
            fired += np.bincount(columns[tally.papers > 0], minlength=n_areas)
        counts = self._all_rules
        return tuple(
            AreaSummary(
                column,
                expected=float(self.areas.expected[column]),
                likely=int(self.areas.likely[column]),
                recorded=int(self.areas.recorded[column]),
                rule_papers=int(counts.votes_for[0, column]),
                known=int(counts.known_for[0, column]),
                right=int(counts.right_for[0, column]),
                rules=int(rules[column]),
                rules_fired=int(fired[column]),
                missed=tuple(self.areas.missed.get(column, ())),
            )
            for column in range(n_areas)
        )
