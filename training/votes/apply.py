"""Runs sources of votes over papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from data.errors import AreatagError
from data.papers import Paper
from training.votes.vote_matrix import LabellingFunction, VoteMatrix, VoteSource


def functions_of(sources: Sequence[VoteSource]) -> tuple[LabellingFunction, ...]:
    """The functions of all sources, in row order; raises AreatagError when two have one name."""
    functions = tuple(function for source in sources for function in source.functions)
    names = [function.name for function in functions]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise AreatagError(f"Two labelling functions are called {repeated[0]!r}; rename one.")
    return functions


def apply_sources(
    sources: Sequence[VoteSource],
    papers: Sequence[Paper],
    n_areas: int,
    progress: Callable[[int], None] | None = None,
    chunk: int = 2048,
) -> VoteMatrix:
    """Votes of all sources on all papers, int8 [m, n, areas]; `progress` is told how many papers are done."""
    functions = functions_of(sources)
    votes = np.zeros((len(functions), len(papers), n_areas), np.int8)
    for start in range(0, len(papers), chunk):
        part = papers[start : start + chunk]
        row = 0
        for source in sources:
            rows = slice(row, row + len(source.functions))
            votes[rows, start : start + len(part)] = source.vote(part)
            row = rows.stop
        if progress is not None:
            progress(len(part))
    return VoteMatrix(tuple(paper.id for paper in papers), functions, votes)
